import type { Command } from 'commander';

/** Adds the argument that names a webhook. */
export const withName = (c: Command): Command => c.argument('<name>', 'name of the webhook');
