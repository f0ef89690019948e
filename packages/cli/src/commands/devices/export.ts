import { copyTo } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { type Asked, population, populationQuery } from './support.ts';

export const exportDevices = operatorCommand<Asked & { format?: string }>(
  'export',
  'all found devices, as CSV or (with --json) JSON Lines',
  (c) => population(c).option('--format <format>', 'csv or jsonl'),
  async ({ api }, _args, options) => {
    const format = options.format ?? (options.json === true ? 'jsonl' : 'csv');
    if (format !== 'csv' && format !== 'jsonl')
      throw new UsageError(`There is no format ${format}.`, 'Use --format csv or --format jsonl.');
    const query = { ...populationQuery(options), format } as const;
    await copyTo(
      process.stdout,
      api.GET('/operator/v1/device-export', { params: { query }, parseAs: 'stream' }),
    );
  },
);
