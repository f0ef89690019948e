import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { text } from '../clients/support.ts';
import { withName } from './support.ts';

export const show = operatorCommand(
  'show',
  'one webhook, and the certificate by which its receiver knows this WFM',
  withName,
  async ({ api }, [name = ''], o) => {
    const webhook = await answerOf(api.GET('/operator/v1/webhooks/{name}', { params: { path: { name } } }));
    if (o.json === true) {
      json(webhook);
      return;
    }
    const { signer, types, ca, ...rest } = webhook;
    for (const [key, value] of Object.entries(rest)) tick(key, text(value));
    tick('types', types.join(', ') || 'all');
    tick('trusts', ca === null ? 'public CAs' : 'CAs of its own');
    process.stdout.write(signer.certificate);
  },
);
