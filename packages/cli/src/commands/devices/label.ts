import { answerOf } from '../../api/typed.ts';
import { operatorCommand, type Common } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, tick } from '../../ui.ts';

export const label = operatorCommand<Common & { device?: string }>(
  'label',
  'set (site=plant7) or remove (site-) labels of a client, or of one of its devices',
  (c) =>
    c
      .argument('<clientId>')
      .argument('<labels...>')
      .option('--device <deviceId>', 'only of this device; otherwise of all devices of the client'),
  async ({ api }, [clientId = '', ...given], options) => {
    const labels = Object.fromEntries(
      given.map((one): [string, string | null] => {
        const at = one.indexOf('=');
        if (at > 0) return [one.slice(0, at), one.slice(at + 1)];
        if (one.endsWith('-') && one.length > 1) return [one.slice(0, -1), null];
        throw new UsageError(`${one} is no label.`, 'Write key=value to set, key- to remove.');
      }),
    );
    const answer = await answerOf(
      api.POST('/operator/v1/labels', {
        body: {
          clientId,
          labels,
          ...(options.device === undefined ? {} : { deviceId: options.device }),
        },
      }),
    );
    if (options.json === true) json(answer);
    else tick('labels', answer.result);
  },
);
