import { Option } from 'commander';
import { allOf, answerOf, type paths } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { type Asked, population, populationQuery } from './support.ts';
import { cpuWords, type Offer } from './words.ts';
import { wholeNumber } from '../../numbers.ts';

type Order = NonNullable<NonNullable<paths['/operator/v1/devices']['get']['parameters']['query']>['sort']>;
const names = [
  'createdAt',
  'deviceId',
  'lastSeenAt',
  'updatedAt',
  'created',
  'id',
  'seen',
  'changed',
] as const;
const orders: Order[] = names.flatMap((name) => [name, `-${name}` as const]);

export const list = operatorCommand<Asked & { sort?: Order; limit: string }>(
  'list',
  'what clients have reported',
  (c) =>
    population(c)
      .addOption(new Option('--sort <order>', 'a minus puts the largest first: -lastSeenAt').choices(orders))
      .option('--limit <n>', 'at most so many', '10000'),
  async ({ api }, _args, options) => {
    const { sort } = options;
    const items = await allOf(wholeNumber('limit', options.limit, 1), (at) => {
      const query = { ...at, ...populationQuery(options), ...(sort === undefined ? {} : { sort }) };
      return answerOf(api.GET('/operator/v1/devices', { params: { query } }));
    });
    if (options.json === true) {
      json({ items });
      return;
    }
    const rows = items.map((item) => {
      const c = item.capabilities as unknown as Offer;
      const labels = Object.entries(item.labels);
      const h = c.hosting;
      return [
        item.deviceId,
        `${c.vendor} ${c.modelNumber}`,
        cpuWords(c),
        h?.memory.text ?? '',
        h?.storage.text ?? '',
        h?.deploymentTypes.join(',') ?? '',
        labels.map(([key, value]) => `${key}=${value}`).join(','),
        item.clientId,
      ];
    });
    table(['DEVICE', 'MODEL', 'CPU', 'MEMORY', 'STORAGE', 'TAKES', 'LABELS', 'CLIENT'], rows);
  },
);
