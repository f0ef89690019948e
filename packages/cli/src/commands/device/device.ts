import { Command } from 'commander';
import { csr } from './csr.ts';
import { doctor } from './doctor.ts';
import { importCertificate } from './import-certificate.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { request } from './request.ts';
import { rebind } from './rebind.ts';
import { report } from './report.ts';
import { rotate } from './rotate.ts';
import { run } from './run.ts';
import { status } from './status.ts';

export const device = new Command('device').description('this machine as a device');
for (const one of [join, run, status, report, rotate, rebind, leave, doctor, csr, importCertificate, request])
  device.addCommand(one);
