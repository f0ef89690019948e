/** What every command shares: --json, one way to fail, and the operator API where it is needed. */
import { Command } from 'commander';
import { type OperatorClient, operatorClient } from './operator-client.ts';
import { fail } from './ui.ts';

export interface Common {
  readonly json?: boolean;
  readonly data?: string;
}

/** Makes a command with --json whose errors are reported in one way. */
export function command<Options extends Common>(
  name: string,
  summary: string,
  setUp: (c: Command) => Command,
  run: (args: string[], options: Options) => Promise<void>,
): Command {
  const made = setUp(new Command(name).description(summary)).option('--json', 'print JSON on stdout');
  made.action(async (...all: unknown[]) => {
    const args = all
      .slice(0, -2)
      .flat()
      .filter((a): a is string => typeof a === 'string');
    const options = made.opts<Options>();
    try {
      await run(args, options);
    } catch (error) {
      fail(error, options.json === true);
    }
  });
  return made;
}

/** A command that talks to the operator API. */
export function operatorCommand<Options extends Common>(
  name: string,
  summary: string,
  setUp: (c: Command) => Command,
  run: (client: OperatorClient, args: string[], options: Options) => Promise<void>,
): Command {
  return command<Options>(
    name,
    summary,
    (c) =>
      setUp(c).option(
        '--data <dir>',
        'data folder of a WFM on this machine (default $MUSTER_DATA or ./.muster/wfm)',
      ),
    async (args, options) => {
      const client = operatorClient({ data: options.data, env: process.env });
      try {
        await run(client, args, options);
      } finally {
        client.close();
      }
    },
  );
}
