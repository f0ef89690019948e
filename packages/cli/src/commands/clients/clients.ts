import { Command } from 'commander';
import { type Common, operatorCommand } from '../../command.ts';
import { type OperatorClient, OperatorError } from '../../operator-client.ts';
import { json, safe, table, tick } from '../../ui.ts';

type Row = Record<string, unknown>;

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '–' : JSON.stringify(value);
const isMissing = (error: unknown): boolean => error instanceof OperatorError && error.status === 404;

function show(row: Row, asJson: boolean): void {
  if (asJson) {
    json(row);
    return;
  }
  for (const [key, value] of Object.entries(row))
    process.stdout.write(`${key.padEnd(16)} ${safe(Array.isArray(value) ? value.join(' ') : text(value))}\n`);
}

interface ListOptions extends Common {
  readonly state?: string;
  readonly text?: string;
  readonly limit: string;
}

const list = operatorCommand<ListOptions>(
  'list',
  'clients, and requests that wait for approval',
  (c) =>
    c
      .option('--state <state>', 'pending, active, blocked, retired or rejected')
      .option('--text <text>', 'part of the subject or clientId')
      .option('--limit <n>', 'at most so many', '1000'),
  async (client, _args, options) => {
    const { state } = options;
    const limit = Math.max(1, Number(options.limit) || 1000);
    const items: Row[] = [];
    const wantsRequests = state === undefined || state === 'pending' || state === 'rejected';
    if (wantsRequests)
      items.push(...(await client.list('/enrollments', { state: state ?? 'pending' }, limit)));
    if (state !== 'pending' && state !== 'rejected')
      items.push(...(await client.list('/clients', { state, text: options.text }, limit)));
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

const showOne = operatorCommand(
  'show',
  'one client or request',
  (c) => c.argument('<id>', 'clientId, request id, or the beginning of a fingerprint'),
  async (client, [id = ''], options) => {
    const row = await client.call('GET', `/clients/${encodeURIComponent(id)}`).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      return client.call('GET', `/enrollments/${encodeURIComponent(id)}`);
    });
    show(row, options.json === true);
  },
);

async function act(client: OperatorClient, path: string, done: string, options: Common): Promise<void> {
  const row = await client.call('POST', path);
  if (options.json === true) json(row);
  else tick(done, text(row['clientId'] ?? row['fingerprint']));
}

const id = (c: Command): Command =>
  c.argument('<id>', 'clientId, request id, or the beginning of a fingerprint');
const approve = operatorCommand('approve', 'let a waiting device in', id, (client, [which = ''], options) =>
  act(client, `/enrollments/${encodeURIComponent(which)}/approve`, 'approved', options),
);
const reject = operatorCommand('reject', 'turn a waiting device away', id, (client, [which = ''], options) =>
  act(client, `/enrollments/${encodeURIComponent(which)}/reject`, 'rejected', options),
);
const moves = (['block', 'unblock', 'retire'] as const).map((move) =>
  operatorCommand(move, `${move} a client`, id, (client, [which = ''], options) =>
    act(client, `/clients/${encodeURIComponent(which)}/${move}`, `${move} done`, options),
  ),
);
const remove = operatorCommand(
  'delete',
  'delete a client (its key stays refused) or forget a request',
  id,
  async (client, [which = ''], options) => {
    await client.call('DELETE', `/clients/${encodeURIComponent(which)}`).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      return client.call('DELETE', `/enrollments/${encodeURIComponent(which)}`);
    });
    if (options.json === true) json({ deleted: which });
    else tick('deleted', which);
  },
);

export const clients = new Command('clients').description('who is in, and who waits');
for (const one of [list, showOne, approve, reject, ...moves, remove]) clients.addCommand(one);
