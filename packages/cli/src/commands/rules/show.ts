import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, say, table } from '../../ui.ts';

export const show = operatorCommand(
  'show',
  'the admission rules in force',
  (c) => c,
  async ({ api }, _args, o) => {
    const answer = await answerOf(api.GET('/operator/v1/rules'));
    if (o.json === true) {
      json(answer);
      return;
    }
    table(
      ['RULE', 'ACTION', 'MATCH', 'REASON'],
      answer.rules.map((r) => [r.name, r.action, JSON.stringify(r.match), r.reason]),
    );
    say(`Version ${answer.version}. What no rule speaks of: admission ${answer.otherwise}.`);
  },
);
