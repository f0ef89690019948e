import { readFile } from 'node:fs/promises';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const crl = operatorCommand(
  'crl',
  'upload a revocation list; active clients that it names are blocked',
  (c) => c.argument('<name>', 'name of the group').argument('<file>', 'CRL (PEM or DER)'),
  async (client, [name = '', file = ''], o) => {
    const body = { crl: (await readFile(file)).toString('base64') };
    const result = await client.call('POST', `/device-authorities/${encodeURIComponent(name)}/crl`, body);
    const blocked = result['blocked'] as string[];
    if (o.json === true) json(result);
    else
      tick(
        'revocation list',
        `${String(result['result'])}, ${String(result['entries'])} entries, ${blocked.length} clients blocked`,
      );
  },
);
