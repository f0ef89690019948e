import { Command } from 'commander';
import { add } from './add.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';

export const signers = new Command('signers').description('other WFMs from which clients may be imported');
for (const one of [add, list, remove]) signers.addCommand(one);
