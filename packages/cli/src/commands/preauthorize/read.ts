/** Files of certificates and fingerprints as they come from factories: read line by line, every fault named. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { CsvError, Info } from 'csv-parse';
import { UsageError } from '../../exit-codes.ts';
import { boundedLines } from '../../lines.ts';

export interface Item {
  /** Hex SHA-256. */
  readonly fingerprint: string;
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

/** No line of a list or certificate is longer; what is, is no text. */
const longestLine = 65_536;
/** Lines of one certificate. */
const longestBlock = 1_000;
/** Characters; as the WFM has it. */
const longestNote = 500;

/** The entry of one certificate, DER or PEM: checked here, so that the fault is told with its line. */
async function certificateEntry(file: string, line: number, bytes: Buffer): Promise<Entry> {
  const { CertificateError, checkClientLeaf, checkNames, readCertificateFile } = await import('@muster/pki');
  try {
    const [leaf] = readCertificateFile(bytes);
    if (leaf === undefined) return { file, line, item: null, problem: 'holds no certificate' };
    checkClientLeaf(leaf);
    checkNames(leaf);
    const note = leaf.subject.slice(0, longestNote);
    return { file, line, item: { fingerprint: leaf.sha256, kind: 'certificate', note }, problem: null };
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    return { file, line, item: null, problem: error.message };
  }
}

async function* pemEntries(file: string): AsyncGenerator<Entry> {
  let block: string[] | null = null;
  let [line, began] = [0, 0];
  for await (const text of boundedLines(file, longestLine, 'latin1')) {
    line++;
    if (text === null) {
      yield { file, line, item: null, problem: `the line is longer than ${longestLine} characters` };
      return;
    }
    if (text.includes('-----BEGIN CERTIFICATE-----')) [block, began] = [[], line];
    if (block === null) continue;
    block.push(text);
    const isEnd = text.includes('-----END CERTIFICATE-----');
    if (!isEnd && block.length <= longestBlock) continue;
    yield isEnd
      ? await certificateEntry(file, began, Buffer.from(block.join('\n'), 'latin1'))
      : { file, line: began, item: null, problem: 'the certificate has no end' };
    block = null;
  }
  if (block !== null) yield { file, line: began, item: null, problem: 'the certificate has no end' };
}

const hexOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replace(/[^0-9a-f]/g, '');

function csvEntry(file: string, line: number, cells: readonly string[]): Entry | null {
  const [fingerprint = '', kind = '', ...rest] = cells.map((cell) => cell.trim());
  if (cells.every((cell) => cell.trim() === '') || (line === 1 && /^fingerprint/i.test(fingerprint)))
    return null;
  const bad = (problem: string): Entry => ({ file, line, item: null, problem });
  // What is no UTF-8 was read as U+FFFD: a note in another encoding would be kept garbled for good.
  if (cells.some((cell) => cell.includes('\ufffd'))) return bad('is not in UTF-8');
  if (cells.some((cell) => /\p{Cc}/u.test(cell.trim()))) return bad('has a control character');
  if (hexOf(fingerprint).length !== 64 || !/^(?:sha256:)?[0-9a-f: ]+$/i.test(fingerprint))
    return bad('is no SHA-256 fingerprint of 64 hex digits');
  if (kind !== '' && kind !== 'certificate' && kind !== 'key')
    return bad(`the kind ${kind.slice(0, 20)} is not certificate or key`);
  const note = rest.join(', ');
  if (note.length > longestNote) return bad(`the note is longer than ${longestNote} characters`);
  return {
    file,
    line,
    item: {
      fingerprint: hexOf(fingerprint),
      ...(kind === '' ? {} : { kind }),
      ...(note === '' ? {} : { note }),
    },
    problem: null,
  };
}

async function* csvEntries(file: string): AsyncGenerator<Entry> {
  const { parse } = await import('csv-parse');
  const source = createReadStream(file);
  const parser = source.pipe(
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
  // A pipe does not hand on that reading failed: who reads the parser would wait for ever.
  source.once('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const entry = csvEntry(file, info.lines, record);
      if (entry !== null) yield entry;
    }
  } catch (error) {
    const { code, lines, message } = error as CsvError & { lines?: number };
    if (code === undefined) throw error;
    yield { file, line: lines ?? 0, item: null, problem: message.slice(0, 200) };
  } finally {
    source.destroy();
  }
}

async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const start = Buffer.alloc(65_536);
    return start.subarray(0, (await handle.read(start, 0, start.length, 0)).bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Reads a file of any size in bounded memory: one DER certificate, PEM certificates, or CSV of fingerprint, kind and note.
 * @throws UsageError when it cannot be read at all
 */
export async function* readEntries(file: string): AsyncGenerator<Entry> {
  const start = await startOf(file).catch((error: unknown) => {
    throw new UsageError(
      `The file ${file} cannot be read: ${error instanceof Error ? error.message : ''}`,
      'Check the path.',
    );
  });
  if (start[0] === 0x30) {
    yield await certificateEntry(file, 1, start);
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
