import { Command } from 'commander';
import { exportAll } from './export.ts';
import { list } from './list.ts';
import { verify } from './verify.ts';

export const audit = new Command('audit').description('the tamper-evident log');
for (const one of [list, verify, exportAll]) audit.addCommand(one);
