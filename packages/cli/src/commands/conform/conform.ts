import { Command } from 'commander';
import { conformWfm } from './wfm.ts';

export const conform = new Command('conform').description('check another implementation from outside');
for (const one of [conformWfm]) conform.addCommand(one);
