import { operatorCommand } from '../../command.ts';
import { json, say, table } from '../../ui.ts';

interface Rule {
  readonly name: string;
  readonly action: string;
  readonly reason: string;
  readonly match: object;
}

export const show = operatorCommand(
  'show',
  'the admission rules in force',
  (c) => c,
  async (client, _args, o) => {
    const answer = await client.call('GET', '/rules');
    if (o.json === true) {
      json(answer);
      return;
    }
    table(
      ['RULE', 'ACTION', 'MATCH', 'REASON'],
      (answer['rules'] as Rule[]).map((r) => [r.name, r.action, JSON.stringify(r.match), r.reason]),
    );
    say(
      `Version ${String(answer['version'])}. What no rule speaks of: admission ${String(answer['otherwise'])}.`,
    );
  },
);
