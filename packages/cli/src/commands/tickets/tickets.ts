import { Command } from 'commander';
import { list } from './list.ts';
import { revoke } from './revoke.ts';

export const tickets = new Command('tickets').description(
  'tickets that let devices in; they are made by: muster clients ticket',
);
for (const one of [list, revoke]) tickets.addCommand(one);
