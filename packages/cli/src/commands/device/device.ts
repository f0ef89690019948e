import { Command } from 'commander';
import { doctor } from './doctor.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { report } from './report.ts';
import { rotate } from './rotate.ts';
import { run } from './run.ts';
import { status } from './status.ts';

export const device = new Command('device').description('this machine as a device');
for (const one of [join, run, status, report, rotate, leave, doctor])
  device.addCommand(one);
