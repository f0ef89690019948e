import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

interface Authority {
  readonly name: string;
  readonly anchors: ReadonlyArray<{ subject: string; notAfter: string }>;
  readonly crlPolicy: string;
  readonly crls: ReadonlyArray<{ entries: number; nextUpdate: string | null }>;
}

export const list = operatorCommand(
  'list',
  'groups of device authorities',
  (c) => c,
  async (client, _args, o) => {
    const answer = await client.call('GET', '/device-authorities');
    if (o.json === true) {
      json(answer);
      return;
    }
    table(
      ['NAME', 'ROOT', 'VALID UNTIL', 'REVOCATION'],
      (answer['items'] as Authority[]).map((a) => [
        a.name,
        a.anchors.map((c) => c.subject).join('; '),
        a.anchors.map((c) => c.notAfter.slice(0, 10)).join('; '),
        `${a.crlPolicy}${a.crls.map((c) => `, ${c.entries} entries until ${c.nextUpdate ?? '–'}`).join('')}`,
      ]),
    );
  },
);
