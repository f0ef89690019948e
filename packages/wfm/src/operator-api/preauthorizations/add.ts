import { CertificateError, checkClientLeaf, checkNames, decodeCertificates } from '@muster/pki';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { fingerprintHex } from '../views.ts';

const Item = Type.Object({
  certificate: Type.Optional(Type.String({ maxLength: 65_536 })),
  fingerprint: Type.Optional(Type.String({ maxLength: 200 })),
  kind: Type.Optional(Type.String({ enum: ['certificate', 'key'] })),
  note: Type.Optional(Type.String({ maxLength: 500 })),
});
const ItemReport = Type.Object({
  index: Type.Integer(),
  status: Type.String({ enum: ['ok', 'invalid'] }),
  fingerprint: Type.Unsafe<string | null>({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
});
type ItemBody = { certificate?: string; fingerprint?: string; kind?: 'certificate' | 'key'; note?: string };

function read(item: ItemBody): {
  fingerprint: string;
  kind: 'certificate' | 'key';
  note?: string | undefined;
} {
  if (item.certificate !== undefined) {
    const leaf = decodeCertificates(item.certificate)[0];
    if (leaf === undefined) throw new HttpProblem('invalid-certificate-format');
    checkClientLeaf(leaf);
    checkNames(leaf);
    return { fingerprint: leaf.sha256, kind: 'certificate', note: item.note ?? leaf.subject };
  }
  const fingerprint = fingerprintHex(item.fingerprint ?? '');
  if (fingerprint.length !== 64)
    throw new HttpProblem('invalid-request', { detail: 'A fingerprint is 64 hex digits of SHA-256.' });
  return { fingerprint, kind: item.kind ?? 'certificate', note: item.note };
}

/** POST /preauthorizations */
export function addPreauthorizations(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Add certificates or fingerprints',
    tags: ['preauthorizations'],
    body: Type.Object({
      dryRun: Type.Optional(Type.Boolean()),
      items: Type.Array(Item, { minItems: 1, maxItems: 20_000 }),
    }),
    response: {
      200: Type.Object({ added: Type.Integer(), existing: Type.Integer(), items: Type.Array(ItemReport) }),
    },
  };
  app.post('/preauthorizations', { bodyLimit: 16 * 1024 * 1024, schema }, async (request) => {
    const { items, dryRun = false } = request.body as { items: ItemBody[]; dryRun?: boolean };
    const report: Array<{
      index: number;
      status: 'ok' | 'invalid';
      fingerprint: string | null;
      error?: string;
    }> = [];
    const good: ReturnType<typeof read>[] = [];
    items.forEach((item, index) => {
      try {
        const entry = read(item);
        good.push(entry);
        report.push({ index, status: 'ok', fingerprint: `sha256:${entry.fingerprint}` });
      } catch (error) {
        if (!(error instanceof CertificateError || error instanceof HttpProblem)) throw error;
        report.push({ index, status: 'invalid', fingerprint: null, error: error.message });
      }
    });
    // All or nothing: a half-imported list is the worst kind to repair.
    if (good.length < items.length) {
      const errors = report
        .flatMap((r) => (r.error === undefined ? [] : [{ field: `items[${r.index}]`, message: r.error }]))
        .slice(0, 100);
      throw new HttpProblem('semantic-error', {
        detail: `${items.length - good.length} of ${items.length} entries are wrong; nothing was added.`,
        errors,
      });
    }
    const result = await api.store.preauthorizations.add(good, operatorOf(request).name, api.now(), dryRun);
    return { ...result, items: report };
  });
}
