import { Command } from 'commander';
import { add } from './add.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { show } from './show.ts';

export const requirements = new Command('requirements').description(
  'applications that devices must be able to host: alerts tell when one no longer is',
);
for (const one of [add, list, show, remove]) requirements.addCommand(one);
