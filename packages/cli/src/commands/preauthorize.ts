import { readFile } from 'node:fs/promises';
import { operatorCommand } from '../command.ts';
import { UsageError } from '../exit-codes.ts';
import { json, say, tick } from '../ui.ts';

interface Item {
  certificate?: string;
  fingerprint?: string;
  kind?: string;
  note?: string;
}

/** A list of fingerprints: one per line, with an optional kind and note after commas. */
function readList(text: string, file: string): Item[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (line === '' || line.startsWith('#') || (index === 0 && /^fingerprint/i.test(line))) return [];
    const [fingerprint = '', kind, note] = line.split(',').map((cell) => cell.trim().replace(/^"|"$/g, ''));
    if (!/^(?:sha256:)?[0-9a-f:]{64,95}$/i.test(fingerprint)) {
      throw new UsageError(
        `${file}, line ${index + 1}: this is no fingerprint; nothing was added.`,
        'Write one SHA-256 fingerprint in hex per line, then optionally: ,certificate|key,note',
      );
    }
    return [
      {
        fingerprint,
        ...(kind === undefined || kind === '' ? {} : { kind }),
        ...(note === undefined ? {} : { note }),
      },
    ];
  });
}

async function itemsOf(bytes: Buffer, file: string): Promise<Item[]> {
  const text = bytes.toString('latin1');
  const isDer = bytes[0] === 0x30;
  if (isDer || text.includes('-----BEGIN CERTIFICATE')) {
    const { encodeCertificates, readCertificateFile } = await import('@muster/pki');
    return readCertificateFile(bytes).map((c) => ({ certificate: encodeCertificates([c], 'base64-der') }));
  }
  return readList(bytes.toString('utf8'), file);
}

export const preauthorize = operatorCommand(
  'preauthorize',
  'let certificates or fingerprints in when they come',
  (c) => c.argument('<files...>', 'certificates (PEM, DER) or lists of fingerprints (CSV)'),
  async (client, files, options) => {
    const items: Item[] = [];
    for (const file of files) {
      const bytes = await readFile(file).catch((error: unknown) => {
        throw new UsageError(
          `The file ${file} cannot be read: ${error instanceof Error ? error.message : ''}`,
          'Check the path.',
        );
      });
      items.push(...(await itemsOf(bytes, file)));
    }
    if (items.length === 0)
      throw new UsageError(
        'The files hold nothing to pre-authorise.',
        'Give certificates, or lists of fingerprints.',
      );
    const result = await client.call('POST', '/preauthorizations', { items });
    if (options.json === true) json(result);
    else {
      tick('pre-authorised', `${String(result['added'])} added, ${String(result['existing'])} known already`);
      say('They are let in when they ask.');
    }
  },
);
