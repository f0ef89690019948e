import { Command } from 'commander';
import { alerts } from './alerts.ts';
import { exportDevices } from './export.ts';
import { facets } from './facets.ts';
import { label } from './label.ts';
import { list } from './list.ts';
import { revisions } from './revisions.ts';
import { show } from './show.ts';
import { tree } from './tree.ts';

export const devices = new Command('devices').description('what the fleet offers');
for (const one of [list, show, facets, tree, revisions, label, exportDevices, alerts])
  devices.addCommand(one);
