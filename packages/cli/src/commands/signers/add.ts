import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const add = operatorCommand<Common & { note?: string }>(
  'add',
  'believe the signature of another WFM under a client',
  (c) =>
    c
      .argument('<fingerprint>', 'sha256:HEX, as muster wfm trust show prints it there')
      .option('--note <text>', 'which WFM it is'),
  async ({ api }, [fingerprint = ''], { note, ...o }) => {
    await answerOf(
      api.PUT('/operator/v1/signers/{fingerprint}', {
        params: { path: { fingerprint } },
        body: note === undefined ? {} : { note },
      }),
    );
    if (o.json === true) json({ trusted: fingerprint });
    else tick('trusted', fingerprint);
  },
);
