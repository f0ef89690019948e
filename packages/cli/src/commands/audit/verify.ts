import { open } from 'node:fs/promises';
import { isObject } from '@muster/protocol';
import type { ChainEntry, ReceiptFile, Signed } from '@muster/wfm';
import { answerOf } from '../../api/typed.ts';
import { type Common, command } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { boundedLines } from '../../lines.ts';
import { operatorClient } from '../../operator-client.ts';
import { OperatorError } from '../../operator-error.ts';
import { json, safe, say, tick } from '../../ui.ts';

interface Flags extends Common {
  readonly signer?: string;
}

/** Characters of one entry in an export. */
const longestEntry = 4_194_304;

function broken(message: string, nextStep: string, details?: object): OperatorError {
  return new OperatorError('trust', 'audit-broken', message, {
    nextStep,
    ...(details === undefined ? {} : { details }),
  });
}

const compare = 'Compare with your last export; restore the database from a backup.';

async function verifyServer(o: Flags): Promise<void> {
  const { api, close } = operatorClient({ data: o.data, env: process.env });
  try {
    const result = await answerOf(api.GET('/operator/v1/audit/verify'));
    if (!result.ok)
      throw broken(
        `The audit log is broken at entry ${String(result.firstBad)}: ${String(result.reason)}.`,
        compare,
        result,
      );
    if (o.json === true) json(result);
    else tick('audit log is whole', `${String(result.entries)} entries`);
  } finally {
    await close();
  }
}

/** The signature under a file says something only when one knows whose it is. */
function checkSigner(detail: string, o: Flags): void {
  if (o.signer === undefined) {
    if (o.json !== true) say(`  signed ${detail}; compare with: muster wfm trust show`);
    return;
  }
  const wanted = o.signer.replace(/^sha256:/, '').toLowerCase();
  if (!detail.endsWith(`sha256:${wanted}`))
    throw broken(`Somebody else has signed this file: ${detail}.`, 'Get the file from the WFM again.');
}

async function verifyReceipt(file: ReceiptFile, o: Flags): Promise<void> {
  const { checkReceipt } = await (await import('@muster/wfm')).auditDocuments();
  const findings = await checkReceipt(file);
  if (o.json !== true)
    for (const f of findings) say(`${f.ok ? '✓' : '✗'} ${f.check.padEnd(24)} ${safe(f.detail)}`);
  const bad = findings.find((f) => !f.ok);
  if (bad !== undefined)
    throw broken(
      `The receipt does not hold: ${bad.check}: ${bad.detail}.`,
      'Get the receipt from the WFM again.',
      { ok: false, findings },
    );
  checkSigner(findings[0]?.detail ?? '', o);
  if (o.json === true) json({ ok: true, findings });
}

async function verifyExport(path: string, o: Flags): Promise<void> {
  const { auditDocuments, ChainWalker } = await import('@muster/wfm');
  const { checkSigned, readCheckpoint } = await auditDocuments();
  const walker = new ChainWalker();
  let end: { seq: number; hash: string } | null = null;
  let signed = '';
  for await (const line of boundedLines(path, longestEntry, 'utf8')) {
    if (line === '') continue;
    const parsed: unknown = line === null ? null : JSON.parse(line);
    if (!isObject(parsed))
      throw broken(`${path} holds a line that is no entry.`, 'Give a receipt, or an export as JSON Lines.');
    const value = parsed as { checkpoint?: Signed } & Omit<ChainEntry, 'at' | 'detail'> & {
        at: string;
        detail: unknown;
      };
    if (value.checkpoint !== undefined) {
      end = readCheckpoint(value.checkpoint);
      signed = checkSigned(value.checkpoint).detail;
      if (end === null) throw broken('The checkpoint at the end is not signed by its certificate.', compare);
      continue;
    }
    const entry = { ...value, at: Date.parse(value.at), detail: JSON.stringify(value.detail) };
    const wrong = walker.next(entry);
    if (wrong !== null)
      throw broken(`The export is broken at entry ${wrong.firstBad}: ${wrong.reason}.`, compare);
  }
  if (end === null)
    throw broken(
      'The export has no checkpoint at its end: entries may be missing.',
      'Export it again: muster audit export',
    );
  const verdict = walker.end(end);
  if (!verdict.ok)
    throw broken(`The export is broken at entry ${verdict.firstBad}: ${verdict.reason}.`, compare);
  checkSigner(signed, o);
  if (o.json === true) json(verdict);
  else tick('export is whole', `${verdict.entries} entries`);
}

async function verifyFile(path: string, o: Flags): Promise<void> {
  const handle = await open(path).catch((error: unknown) => {
    throw new UsageError(
      `The file ${path} cannot be read: ${error instanceof Error ? error.message : ''}`,
      'Check the path.',
    );
  });
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, 1_048_576));
    await handle.read(head, 0, head.length, 0);
    const text = head.toString('utf8');
    if (!text.includes('"muster-receipt-1"')) return await verifyExport(path, o);
    if (size > head.length)
      throw new UsageError('The receipt is larger than 1 MB.', 'Get it from the WFM again.');
    await verifyReceipt(JSON.parse(text) as ReceiptFile, o);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw broken(`${path} is no JSON: ${error.message}`, 'Give a receipt, or an export as JSON Lines.');
    throw error;
  } finally {
    await handle.close();
  }
}

export const verify = command<Flags>(
  'verify',
  'check the audit log of a WFM; or, offline, an export or a receipt',
  (c) =>
    c
      .argument('[file]', 'an export or a receipt; none asks the WFM')
      .option('--signer <fingerprint>', 'the file must be signed by this certificate')
      .option('--data <dir>', 'data folder of a WFM on this machine (default $MUSTER_DATA or ./.muster/wfm)'),
  ([file], o) => (file === undefined ? verifyServer(o) : verifyFile(file, o)),
);
