import { Command } from 'commander';
import { type Common, operatorCommand } from '../../command.ts';
import { OperatorError } from '../../operator-client.ts';
import { json, table, tick } from '../../ui.ts';

const list = operatorCommand<Common & { limit: string }>(
  'list',
  'who did what, oldest first',
  (c) => c.option('--limit <n>', 'at most so many', '1000'),
  async (client, _args, options) => {
    const items = await client.list('/audit', {}, Math.max(1, Number(options.limit) || 1000));
    if (options.json === true) json({ items });
    else
      table(
        ['SEQ', 'WHEN', 'WHO', 'WHAT', 'ON'],
        items.map((i) => ['seq', 'at', 'actor', 'action', 'subject'].map((key) => String(i[key]))),
      );
  },
);

const exportAll = operatorCommand(
  'export',
  'all entries as JSON Lines',
  (c) => c,
  async (client) => {
    for (const item of await client.list('/audit', {}, Number.MAX_SAFE_INTEGER)) json(item);
  },
);

const verify = operatorCommand(
  'verify',
  'check the hash chain',
  (c) => c,
  async (client, _args, options) => {
    const result = await client.call('GET', '/audit/verify');
    if (options.json === true) json(result);
    if (result['ok'] !== true) {
      throw new OperatorError(
        'refused',
        'audit-broken',
        `The audit log is broken at entry ${String(result['firstBad'])}: ${String(result['reason'])}.`,
        { nextStep: 'Compare with your last export; restore the database from a backup.' },
      );
    }
    if (options.json !== true) tick('audit log is whole', `${String(result['entries'])} entries`);
  },
);

export const audit = new Command('audit')
  .description('the tamper-evident log')
  .addCommand(list)
  .addCommand(exportAll)
  .addCommand(verify);
