import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';
import { idArgument } from './support.ts';

interface Flags extends Common {
  readonly out: string;
  readonly retire?: boolean;
  readonly reason?: string;
}

export const exportClient = operatorCommand<Flags>(
  'export',
  'write a client as a signed file for another WFM',
  (c) =>
    idArgument(c)
      .requiredOption('--out <file>', 'where to write it')
      .option('--retire', 'take it out of service here, so that it is active in one place only')
      .option('--reason <text>', 'why; it stands in the audit log'),
  async ({ api }, [id = ''], o) => {
    const { retire, reason } = o;
    const file = await answerOf(
      api.POST('/operator/v1/clients/{clientId}/export', {
        params: { path: { clientId: id } },
        body: {
          ...(retire === undefined ? {} : { retire }),
          ...(reason === undefined ? {} : { reason }),
        },
      }),
    );
    const { writeFileAtomic } = await import('@muster/pki');
    await writeFileAtomic(o.out, `${JSON.stringify(file, null, 2)}\n`, 0o600);
    const { auditSigner } = await answerOf(api.GET('/operator/v1/trust'));
    if (o.json === true) {
      json({ written: o.out, signer: auditSigner, retired: retire === true });
      return;
    }
    tick('exported', `${o.out}${retire === true ? '; retired here' : '; still active here'}`);
    say(`At the other WFM: muster clients import ${o.out} --signer ${auditSigner}`);
  },
);
