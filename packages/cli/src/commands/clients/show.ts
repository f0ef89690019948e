import { operatorCommand } from '../../command.ts';
import { json, safe } from '../../ui.ts';
import { idArgument, isMissing, type Row, text } from './support.ts';

function print(row: Row, asJson: boolean): void {
  if (asJson) {
    json(row);
    return;
  }
  for (const [key, value] of Object.entries(row))
    process.stdout.write(`${key.padEnd(16)} ${safe(Array.isArray(value) ? value.join(' ') : text(value))}\n`);
}

export const show = operatorCommand(
  'show',
  'one client or request',
  idArgument,
  async (client, [id = ''], options) => {
    const row = await client.call('GET', `/clients/${encodeURIComponent(id)}`).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      return client.call('GET', `/enrollments/${encodeURIComponent(id)}`);
    });
    print(row, options.json === true);
  },
);
