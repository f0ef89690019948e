import { Command } from 'commander';
import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

interface Hosting {
  cpuGroups: { milliCores: number; architecture?: string }[];
  memory: { text: string };
  storage: { text: string };
  deploymentTypes: string[];
}

const list = operatorCommand<Common & { text?: string; client?: string }>(
  'list',
  'what clients have reported',
  (c) =>
    c.option('--text <text>', 'part of what was reported').option('--client <clientId>', 'of one client'),
  async (client, _args, options) => {
    const items = await client.list('/devices', { text: options.text, clientId: options.client }, 10_000);
    if (options.json === true) {
      json({ items });
      return;
    }
    const rows = items.map((item) => {
      const c = item['capabilities'] as { vendor: string; modelNumber: string; hosting?: Hosting };
      const h = c.hosting;
      const cpu =
        h === undefined
          ? 'relays only'
          : h.cpuGroups.map((g) => `${g.milliCores / 1000} ${g.architecture ?? ''}`.trim()).join(' + ');
      return [
        String(item['deviceId']),
        `${c.vendor} ${c.modelNumber}`,
        cpu,
        h?.memory.text ?? '',
        h?.storage.text ?? '',
        h?.deploymentTypes.join(',') ?? '',
        String(item['clientId']),
      ];
    });
    table(['DEVICE', 'MODEL', 'CPU', 'MEMORY', 'STORAGE', 'TAKES', 'CLIENT'], rows);
  },
);

const show = operatorCommand(
  'show',
  'one device',
  (c) => c.argument('<clientId>').argument('<deviceId>'),
  async (client, [clientId = '', deviceId = ''], options) => {
    const device = await client.call(
      'GET',
      `/devices/${encodeURIComponent(clientId)}/${deviceId.split('/').map(encodeURIComponent).join('/')}`,
    );
    if (options.json === true) json(device);
    else process.stdout.write(`${JSON.stringify(device, null, 2)}\n`);
  },
);

export const devices = new Command('devices')
  .description('what the fleet offers')
  .addCommand(list)
  .addCommand(show);
