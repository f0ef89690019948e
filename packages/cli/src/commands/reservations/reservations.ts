import { Command } from 'commander';
import { list } from './list.ts';
import { make } from './make.ts';
import { release } from './release.ts';

export const reservations = new Command('reservations')
  .description('capacity that is committed to planned deployments')
  .addCommand(list)
  .addCommand(make)
  .addCommand(release);
