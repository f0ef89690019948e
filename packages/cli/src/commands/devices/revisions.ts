import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { devicePath } from './support.ts';

export const revisions = operatorCommand(
  'revisions',
  'what changed on a device, newest first',
  (c) => c.argument('<clientId>').argument('<deviceId>'),
  async (client, [clientId = '', deviceId = ''], options) => {
    const answer = await client.call('GET', `/device-revisions/${devicePath(clientId, deviceId)}`);
    if (options.json === true) {
      json(answer);
      return;
    }
    const items = answer['items'] as { revision: number; at: string; profile: string; change: string[] }[];
    table(
      ['REVISION', 'WHEN', 'SHAPE', 'CHANGE'],
      items.map((r) => [String(r.revision), r.at, r.profile, r.change.join('; ')]),
    );
  },
);
