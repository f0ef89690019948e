/** Files of certificates and fingerprints as they come from factories: read line by line, every fault named. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { CsvError, Info } from 'csv-parse';
import { UsageError } from '../../exit-codes.ts';

export interface Item {
  readonly certificate?: string;
  readonly fingerprint?: string;
  readonly kind?: 'certificate' | 'key';
  readonly note?: string;
}

/** One entry of a file, good or not. */
export interface Entry {
  readonly file: string;
  readonly line: number;
  readonly item: Item | null;
  readonly problem: string | null;
}

/** A list of this size holds some 900,000 fingerprints; a larger file is no list. */
const maximumBytes = 64 * 1024 * 1024;

async function* pemEntries(file: string): AsyncGenerator<Entry> {
  const { CertificateError, encodeCertificates, readCertificateFile } = await import('@muster/pki');
  let block: string[] | null = null;
  let [line, began] = [0, 0];
  for await (const text of createInterface({ input: createReadStream(file, 'latin1') })) {
    line++;
    if (text.includes('-----BEGIN CERTIFICATE-----')) [block, began] = [[], line];
    if (block === null) continue;
    block.push(text);
    const isEnd = text.includes('-----END CERTIFICATE-----');
    if (!isEnd && block.length <= 1_000) continue;
    try {
      if (!isEnd) throw new CertificateError('too-large', 'The certificate has no end.', { nextStep: '' });
      const [certificate] = readCertificateFile(Buffer.from(block.join('\n'), 'latin1'));
      const item =
        certificate === undefined ? null : { certificate: encodeCertificates([certificate], 'base64-der') };
      yield { file, line: began, item, problem: item === null ? 'holds no certificate' : null };
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      yield { file, line: began, item: null, problem: error.message };
    }
    block = null;
  }
  if (block !== null) yield { file, line: began, item: null, problem: 'the certificate has no end' };
}

function csvEntry(file: string, line: number, cells: readonly string[]): Entry | null {
  const [fingerprint = '', kind = '', ...rest] = cells.map((cell) => cell.trim());
  if (cells.every((cell) => cell.trim() === '') || (line === 1 && /^fingerprint/i.test(fingerprint)))
    return null;
  const bad = (problem: string): Entry => ({ file, line, item: null, problem });
  if (
    fingerprint.replace(/^sha256:/i, '').replace(/[^0-9a-f]/gi, '').length !== 64 ||
    !/^(?:sha256:)?[0-9a-f: ]+$/i.test(fingerprint)
  )
    return bad('is no SHA-256 fingerprint of 64 hex digits');
  if (kind !== '' && kind !== 'certificate' && kind !== 'key')
    return bad(`the kind ${kind.slice(0, 20)} is not certificate or key`);
  const note = rest.join(', ');
  if (note.length > 500) return bad('the note is longer than 500 characters');
  return {
    file,
    line,
    item: { fingerprint, ...(kind === '' ? {} : { kind }), ...(note === '' ? {} : { note }) },
    problem: null,
  };
}

async function* csvEntries(file: string): AsyncGenerator<Entry> {
  const { parse } = await import('csv-parse');
  const parser = createReadStream(file).pipe(
    parse({
      bom: true,
      comment: '#',
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: 10_000,
      encoding: 'utf8',
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const entry = csvEntry(file, info.lines, record);
      if (entry !== null) yield entry;
    }
  } catch (error) {
    const { code, lines, message } = error as CsvError & { lines?: number };
    if (code === undefined) throw error;
    yield { file, line: lines ?? 0, item: null, problem: message.slice(0, 200) };
  }
}

/**
 * Reads a file: one DER certificate, PEM certificates, or CSV of fingerprint, kind and note.
 * @throws UsageError when it cannot be read at all
 */
export async function* readEntries(file: string): AsyncGenerator<Entry> {
  const handle = await open(file).catch((error: unknown) => {
    throw new UsageError(
      `The file ${file} cannot be read: ${error instanceof Error ? error.message : ''}`,
      'Check the path.',
    );
  });
  const head = Buffer.alloc(65_536);
  let size: number;
  let length: number;
  try {
    size = (await handle.stat()).size;
    length = (await handle.read(head, 0, head.length, 0)).bytesRead;
  } finally {
    await handle.close();
  }
  if (size > maximumBytes)
    throw new UsageError(
      `The file ${file} has ${size} bytes; lists of at most ${maximumBytes} are read. Nothing was added.`,
      'Split it, or let the devices in by their CA: muster device-ca add',
    );
  const start = head.subarray(0, length);
  if (start[0] === 0x30) {
    const { CertificateError, encodeCertificates, readCertificateFile } = await import('@muster/pki');
    try {
      const [certificate] = readCertificateFile(start);
      if (certificate !== undefined)
        yield {
          file,
          line: 1,
          item: { certificate: encodeCertificates([certificate], 'base64-der') },
          problem: null,
        };
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      yield { file, line: 1, item: null, problem: error.message };
    }
    return;
  }
  if (start.includes(0))
    throw new UsageError(
      `The file ${file} is not text in UTF-8. Nothing was added.`,
      'Save it as UTF-8, without UTF-16.',
    );
  if (start.includes('-----BEGIN')) yield* pemEntries(file);
  else yield* csvEntries(file);
}
