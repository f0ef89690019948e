import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { type Row, text } from './support.ts';

interface ListOptions extends Common {
  readonly state?: string;
  readonly text?: string;
  readonly label?: string;
  readonly authority?: string;
  readonly fingerprint?: string;
  readonly limit: string;
}

export const list = operatorCommand<ListOptions>(
  'list',
  'clients, and requests that wait for approval',
  (c) =>
    c
      .option('--state <state>', 'pending, active, blocked, retired or rejected')
      .option('--text <text>', 'part of the subject or clientId')
      .option('--label <key=value>', 'with this label')
      .option('--authority <name>', 'that came in by this group of device authorities')
      .option('--fingerprint <prefix>', 'beginning of the certificate or key fingerprint')
      .option('--limit <n>', 'at most so many', '1000'),
  async (client, _args, options) => {
    const { state } = options;
    const limit = Math.max(1, Number(options.limit) || 1000);
    const items: Row[] = [];
    const { label, authority, fingerprint } = options;
    const isFiltered = label !== undefined || authority !== undefined || options.text !== undefined;
    const wantsRequests = !isFiltered && (state === undefined || state === 'pending' || state === 'rejected');
    if (wantsRequests)
      items.push(...(await client.list('/enrollments', { state: state ?? 'pending', fingerprint }, limit)));
    if (state !== 'pending' && state !== 'rejected')
      items.push(
        ...(await client.list(
          '/clients',
          { state, text: options.text, label, authority, fingerprint },
          limit,
        )),
      );
    if (options.json === true) {
      json({ items });
      return;
    }
    const words = (row: Row): string =>
      Array.isArray(row['words']) && row['state'] === 'pending' ? row['words'].join(' ') : '';
    table(
      ['STATE', 'CLIENT', 'FINGERPRINT', 'SUBJECT', 'PAIRING WORDS'],
      items.map((r) => [
        text(r['state']),
        text(r['clientId']),
        text(r['fingerprint']).slice(0, 23),
        text(r['subject']),
        words(r),
      ]),
    );
  },
);
