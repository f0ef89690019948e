import type { Command } from 'commander';

export const withName = (c: Command): Command => c.argument('<name>', 'name of the webhook');
