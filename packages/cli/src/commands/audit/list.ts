import { allOf, answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { timeOf, wholeNumber } from '../../numbers.ts';

interface Flags extends Common {
  readonly action?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly newest?: boolean;
}

export const list = operatorCommand<Flags>(
  'list',
  'who did what, oldest first',
  (c) =>
    c
      .option('--action <action>', 'an action such as client.blocked, or all of a kind: client')
      .option('--actor <who>', 'who, as this list shows it')
      .option('--subject <id>', 'on what, as this list shows it; with a client come its devices')
      .option(
        '--since <time>',
        'from this day (2027-01-31) or time (2027-01-31T08:00:00Z) on; a day begins in UTC',
      )
      .option('--until <time>', 'before this day or time')
      .option('--limit <n>', 'at most so many', '1000')
      .option('--newest', 'the newest first'),
  async ({ api }, _args, { action, actor, subject, since, until, limit, newest, json: asJson }) => {
    const filter = {
      ...(action === undefined ? {} : { action }),
      ...(actor === undefined ? {} : { actor }),
      ...(subject === undefined ? {} : { subject }),
      ...(since === undefined ? {} : { since: timeOf('since', since) }),
      ...(until === undefined ? {} : { until: timeOf('until', until) }),
      ...(newest === true ? ({ sort: '-seq' } as const) : {}),
    };
    const items = await allOf(wholeNumber('limit', limit, 1), (at) =>
      answerOf(api.GET('/operator/v1/audit', { params: { query: { ...at, ...filter } } })),
    );
    if (asJson === true) json({ items });
    else
      table(
        ['SEQ', 'WHEN', 'WHO', 'WHAT', 'ON'],
        items.map((i) => [String(i.seq), i.at, i.actor, i.action, i.subject]),
      );
  },
);
