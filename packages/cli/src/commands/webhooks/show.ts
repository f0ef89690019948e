import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { text } from '../clients/support.ts';
import { pathOf, withName } from './support.ts';

export const show = operatorCommand(
  'show',
  'one webhook, and the certificate by which its receiver knows this WFM',
  withName,
  async (client, [name = ''], o) => {
    const webhook = await client.call('GET', pathOf(name));
    if (o.json === true) {
      json(webhook);
      return;
    }
    const { signer, types, ca, ...rest } = webhook as {
      signer: { certificate: string };
      types: string[];
      ca: unknown;
    };
    for (const [key, value] of Object.entries(rest)) tick(key, text(value));
    tick('types', types.join(', ') || 'all');
    tick('trusts', ca === null ? 'public CAs' : 'CAs of its own');
    process.stdout.write(signer.certificate);
  },
);
