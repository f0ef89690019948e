import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';
import { readApplication } from '../document-files.ts';

export const add = operatorCommand<Common & { selector?: string }>(
  'add',
  'require that devices be able to host an application',
  (c) =>
    c
      .argument('<name>', 'what it is called here')
      .argument('<file>', 'an ApplicationDescription, an ApplicationDeployment, or bare requirements')
      .option('--selector <selector>', "the devices that are meant (default: all), such as 'site=plant7'"),
  async ({ api }, [name = '', file = ''], o) => {
    const { text: application } = await readApplication(file);
    const { selector } = o;
    const made = await answerOf(
      api.POST('/operator/v1/requirements', {
        body: { name, application, ...(selector === undefined ? {} : { selector }) },
      }),
    );
    if (o.json === true) {
      json(made);
      return;
    }
    tick('required', `${name} (${made.application})`);
    say(`Which devices can host it now: muster requirements show ${name}`);
  },
);
