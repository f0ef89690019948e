import { answerOf, type Got } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, safe } from '../../ui.ts';

type Node = Got<'/operator/v1/device-tree/{clientId}'>['devices'][number];

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
  async ({ api }, [clientId = ''], options) => {
    const answer = await answerOf(
      api.GET('/operator/v1/device-tree/{clientId}', { params: { path: { clientId } } }),
    );
    if (options.json === true) json(answer);
    else process.stdout.write(`${draw(answer.devices, '').join('\n')}\n`);
  },
);
