import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const remove = operatorCommand(
  'remove',
  'believe it no longer',
  (c) => c.argument('<fingerprint>', 'sha256:HEX'),
  async ({ api }, [fingerprint = ''], o) => {
    await answerOf(api.DELETE('/operator/v1/signers/{fingerprint}', { params: { path: { fingerprint } } }));
    if (o.json === true) json({ removed: fingerprint });
    else tick('removed', fingerprint);
  },
);
