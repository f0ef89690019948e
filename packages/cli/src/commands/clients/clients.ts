import { Command } from 'commander';
import { approve } from './approve.ts';
import { exportClient } from './export.ts';
import { importClient } from './import.ts';
import { remove } from './delete.ts';
import { label } from './label.ts';
import { list } from './list.ts';
import { moves } from './move.ts';
import { rebind } from './rebind.ts';
import { receipt } from './receipt.ts';
import { reject } from './reject.ts';
import { show } from './show.ts';
import { ticket } from './ticket.ts';

export const clients = new Command('clients').description('who is in, and who waits');
for (const one of [
  list,
  show,
  approve,
  reject,
  ...moves,
  rebind,
  label,
  ticket,
  receipt,
  exportClient,
  importClient,
  remove,
])
  clients.addCommand(one);
