import { allOf, answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const revisions = operatorCommand(
  'revisions',
  'what changed on a device, newest first',
  (c) => c.argument('<clientId>').argument('<deviceId>'),
  async ({ api }, [clientId = '', deviceId = ''], options) => {
    const path = { clientId, deviceId };
    const items = await allOf(10_000, (query) =>
      answerOf(api.GET('/operator/v1/device-revisions/{clientId}/{deviceId}', { params: { path, query } })),
    );
    if (options.json === true) {
      json({ items });
      return;
    }
    table(
      ['REVISION', 'WHEN', 'SHAPE', 'CHANGE'],
      items.map((r) => [String(r.revision), r.at, r.profile, r.change.join('; ')]),
    );
  },
);
