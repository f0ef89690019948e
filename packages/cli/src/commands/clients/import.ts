import { open } from 'node:fs/promises';
import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, tick } from '../../ui.ts';

interface Flags extends Common {
  readonly signer?: string;
  readonly acceptSigner?: boolean;
}

const maximumBytes = 1_048_576;

async function readFileOf(path: string): Promise<string> {
  try {
    const handle = await open(path);
    try {
      const bytes = Buffer.alloc(maximumBytes + 1);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      if (bytesRead > 0 && bytesRead <= maximumBytes) return bytes.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UsageError(
      `The file ${path} cannot be read: ${error instanceof Error ? error.message : ''}`,
      'Check the path.',
    );
  }
  throw new UsageError(
    `The file ${path} is empty or larger than 1 MiB.`,
    'Give a file of: muster clients export',
  );
}

export const importClient = operatorCommand<Flags>(
  'import',
  'take a client over from another WFM, under the clientId that it has',
  (c) =>
    c
      .argument('<file>', 'a file of: muster clients export')
      .option('--signer <fingerprint>', 'sha256:HEX of who must have signed it (muster wfm trust show there)')
      .option('--accept-signer', 'take it whoever has signed it'),
  async ({ api }, [path = ''], { signer, acceptSigner, ...o }) => {
    const body = {
      file: await readFileOf(path),
      ...(signer === undefined ? {} : { signer }),
      ...(acceptSigner === undefined ? {} : { acceptSigner }),
    };
    const row = await answerOf(api.POST('/operator/v1/clients/import', { body }));
    if (o.json === true) json(row);
    else tick('imported', row.clientId);
  },
);
