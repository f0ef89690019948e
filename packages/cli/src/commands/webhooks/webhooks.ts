import { Command } from 'commander';
import { add } from './add.ts';
import { deadLetters } from './dead-letters.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { retry } from './retry.ts';
import { show } from './show.ts';
import { disable, enable } from './switch.ts';
import { test } from './test.ts';

export const webhooks = new Command('webhooks').description('tell other systems what happens');
for (const one of [add, list, show, test, enable, disable, deadLetters, retry, remove])
  webhooks.addCommand(one);
