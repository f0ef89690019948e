import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { readOwnFile } from '../../own-file.ts';
import { json, tick } from '../../ui.ts';

/** What fits into a request as base64, as the WFM has it. */
const maximumCrl = 18_874_368;

export const crl = operatorCommand(
  'crl',
  'upload a revocation list; active clients that it names are blocked',
  (c) => c.argument('<name>', 'name of the group').argument('<file>', 'CRL (PEM or DER)'),
  async ({ api }, [name = '', file = ''], o) => {
    const bytes = await readOwnFile(file, maximumCrl, 'Name a revocation list, PEM or DER.');
    const body = { crl: bytes.toString('base64') };
    const result = await answerOf(
      api.POST('/operator/v1/device-authorities/{name}/crl', { params: { path: { name } }, body }),
    );
    if (o.json === true) json(result);
    else
      tick(
        'revocation list',
        `${result.result}, ${result.entries} entries, ${result.blocked.length} clients blocked`,
      );
  },
);
