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

/** The same as a query string. */
export function populationQuery(o: Asked): Record<string, string | undefined> {
  return { selector: o.selector, text: o.text, clientId: o.client };
}

/** A query string of what is there. */
export function search(query: Record<string, string | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, value);
  return parameters.toString();
}

/** The path of one device. */
export function devicePath(clientId: string, deviceId: string): string {
  return `${encodeURIComponent(clientId)}/${deviceId.split('/').map(encodeURIComponent).join('/')}`;
}
