import type { Command } from 'commander';

/** The path of a webhook in the operator API. */
export const pathOf = (name: string): string => `/webhooks/${encodeURIComponent(name)}`;

export const withName = (c: Command): Command => c.argument('<name>', 'name of the webhook');
