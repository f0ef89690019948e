import { allOf, answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const alerts = operatorCommand(
  'alerts',
  'reserved and required workloads whose device no longer offers what they need',
  (c) => c,
  async ({ api }, _args, options) => {
    const items = await allOf(10_000, (query) =>
      answerOf(api.GET('/operator/v1/drift-alerts', { params: { query } })),
    );
    if (options.json === true) {
      json({ items });
      return;
    }
    table(
      ['SINCE', 'APPLICATION', 'BECAUSE OF', 'DEVICE', 'LOST', 'CLIENT'],
      items.map((a) => [
        a.since,
        a.application,
        a.requirement === null ? 'a reservation' : `requirement ${a.requirement}`,
        a.deviceId,
        a.lost.join('; '),
        a.clientId,
      ]),
    );
  },
);
