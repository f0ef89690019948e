import { Command } from 'commander';
import { create } from './create.ts';
import { list } from './list.ts';
import { revoke } from './revoke.ts';

export const tokens = new Command('tokens').description('who may use the operator API');
for (const one of [create, list, revoke]) tokens.addCommand(one);
