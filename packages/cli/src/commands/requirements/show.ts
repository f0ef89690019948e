import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, say, table, tick } from '../../ui.ts';

export const show = operatorCommand(
  'show',
  'one requirement, and which of its devices cannot host it now',
  (c) => c.argument('<name>'),
  async ({ api }, [name = ''], o) => {
    const r = await answerOf(api.GET('/operator/v1/requirements/{name}', { params: { path: { name } } }));
    if (o.json === true) {
      json(r);
      return;
    }
    tick('application', r.application);
    tick('devices', r.target ?? (r.selector || 'all'));
    tick('since', `${r.createdAt} by ${r.createdBy}`);
    say(`${r.fitting} of ${r.devices} devices can host it.`);
    if (r.notFitting.length > 0)
      table(
        ['DEVICE', 'LACKS', 'CLIENT'],
        r.notFitting.map((d) => [d.deviceId, d.lacks.join('; '), d.clientId]),
      );
  },
);
