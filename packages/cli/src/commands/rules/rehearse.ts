import { linesOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, safe, say } from '../../ui.ts';
import { readRuleFile } from './read.ts';

/** A step of the rehearsal: how far it is, a difference, or the end. */
type Line = Readonly<Record<string, unknown>>;

interface Outcome {
  readonly verdict: string;
  readonly rule: string;
}

export const rehearse = operatorCommand(
  'rehearse',
  'what the rules of a file would have decided differently; nothing is changed',
  (c) => c.argument('<file>', 'rules, YAML or JSON'),
  async ({ api }, [file = ''], o) => {
    const rules = await readRuleFile(file);
    const answer = api.POST('/operator/v1/rules/rehearse', { body: { rules }, parseAs: 'stream' });
    for await (const text of linesOf(answer)) {
      const line = JSON.parse(text) as Line;
      if (o.json === true) json(line);
      else if (line['event'] === 'progress') say(`… ${String(line['requests'])} requests`);
      else if (line['event'] === 'summary')
        say(
          `${String(line['differences'])} of ${String(line['requests'])} would have been decided differently; ${String(line['skipped'])} have no evidence on record.`,
        );
      else {
        const [before, after] = [line['before'] as Outcome, line['after'] as Outcome];
        const words = `${before.verdict} (${before.rule}) → ${after.verdict} (${after.rule})`;
        process.stdout.write(
          `${String(line['fingerprint']).slice(0, 23)}  ${safe(`${words}  ${String(line['subject'])}`)}\n`,
        );
      }
    }
  },
);
