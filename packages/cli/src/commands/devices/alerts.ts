import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const alerts = operatorCommand(
  'alerts',
  'reserved and required workloads whose device no longer offers what they need',
  (c) => c,
  async (client, _args, options) => {
    const items = await client.list('/drift-alerts', {}, 10_000);
    if (options.json === true) {
      json({ items });
      return;
    }
    table(
      ['SINCE', 'APPLICATION', 'BECAUSE OF', 'DEVICE', 'LOST', 'CLIENT'],
      items.map((a) => [
        String(a['since']),
        String(a['application']),
        a['requirement'] === null ? 'a reservation' : `requirement ${String(a['requirement'])}`,
        String(a['deviceId']),
        (a['lost'] as string[]).join('; '),
        String(a['clientId']),
      ]),
    );
  },
);
