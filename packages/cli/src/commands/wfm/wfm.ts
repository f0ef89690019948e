import { Command } from 'commander';
import { wfmDoctor } from './doctor.ts';
import { wfmJoinString } from './join-string.ts';
import { wfmStart } from './start.ts';
import { wfmTrust } from './trust.ts';

export const wfm = new Command('wfm').description('the Workload Fleet Manager');
for (const one of [wfmStart, wfmJoinString, wfmTrust, wfmDoctor]) wfm.addCommand(one);
