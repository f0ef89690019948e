import { Command } from 'commander';
import { rehearse } from './rehearse.ts';
import { set } from './set.ts';
import { show } from './show.ts';

export const rules = new Command('rules').description('who is let in by itself, who waits, who is refused');
for (const one of [show, rehearse, set]) rules.addCommand(one);
