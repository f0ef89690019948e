import { Command } from 'commander';
import { add } from './add.ts';
import { crl } from './crl.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';

export const deviceCa = new Command('device-ca').description(
  'certificate authorities whose devices are let in',
);
for (const one of [add, list, crl, remove]) deviceCa.addCommand(one);
