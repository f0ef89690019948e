/** What the device commands share. */
import type { Command } from 'commander';
import type { Common } from '../../command.ts';

export interface Asked extends Common {
  readonly selector?: string;
  readonly text?: string;
  readonly client?: string;
}

/** The options that say which devices are meant; all may stand together. */
export function population(c: Command): Command {
  return c
    .option('--selector <selector>', "such as 'site=plant7, line in (1, 2), /memory>4Gi'")
    .option('--text <text>', 'part of vendor, model, serial number, id or label')
    .option('--client <clientId>', 'of one client');
}

/** The same as a query. */
export function populationQuery(o: Asked): { selector?: string; text?: string; clientId?: string } {
  return {
    ...(o.selector === undefined ? {} : { selector: o.selector }),
    ...(o.text === undefined ? {} : { text: o.text }),
    ...(o.client === undefined ? {} : { clientId: o.client }),
  };
}
