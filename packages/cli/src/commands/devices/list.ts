import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { type Asked, population, populationQuery } from './support.ts';
import { cpuWords, type Offer } from './words.ts';

export const list = operatorCommand<Asked & { sort?: string; limit: string }>(
  'list',
  'what clients have reported',
  (c) =>
    population(c)
      .option('--sort <order>', 'created, id, seen or changed; a minus puts the largest first: -seen')
      .option('--limit <n>', 'at most so many', '10000'),
  async (client, _args, options) => {
    const query = { ...populationQuery(options), sort: options.sort };
    const items = await client.list('/devices', query, Math.max(1, Number(options.limit) || 10_000));
    if (options.json === true) {
      json({ items });
      return;
    }
    const rows = items.map((item) => {
      const c = item['capabilities'] as Offer;
      const labels = Object.entries((item['labels'] as Record<string, string> | undefined) ?? {});
      const h = c.hosting;
      return [
        String(item['deviceId']),
        `${c.vendor} ${c.modelNumber}`,
        cpuWords(c),
        h?.memory.text ?? '',
        h?.storage.text ?? '',
        h?.deploymentTypes.join(',') ?? '',
        labels.map(([key, value]) => `${key}=${value}`).join(','),
        String(item['clientId']),
      ];
    });
    table(['DEVICE', 'MODEL', 'CPU', 'MEMORY', 'STORAGE', 'TAKES', 'LABELS', 'CLIENT'], rows);
  },
);
