import { operatorCommand } from '../../command.ts';
import { json, safe } from '../../ui.ts';

interface Node {
  deviceId: string;
  reported: boolean;
  children: Node[];
}

function draw(nodes: readonly Node[], indent: string): string[] {
  return nodes.flatMap((node) => {
    const name = node.deviceId.split('/').at(-1) ?? '';
    const line = `${indent}${safe(name)}${node.reported ? '' : ' (reported nothing)'}`;
    return [line, ...draw(node.children, `${indent}  `)];
  });
}

export const tree = operatorCommand(
  'tree',
  'the gateways of a client and what is behind them',
  (c) => c.argument('<clientId>'),
  async (client, [clientId = ''], options) => {
    const answer = await client.call('GET', `/device-tree/${encodeURIComponent(clientId)}`);
    if (options.json === true) json(answer);
    else process.stdout.write(`${draw(answer['devices'] as Node[], '').join('\n')}\n`);
  },
);
