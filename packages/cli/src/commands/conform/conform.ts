import { Command } from 'commander';
import { conformDevice } from './device.ts';
import { conformWfm } from './wfm.ts';

export const conform = new Command('conform').description('check another implementation from outside');
for (const one of [conformWfm, conformDevice]) conform.addCommand(one);
