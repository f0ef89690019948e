import { allOf, answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';

export const list = operatorCommand(
  'list',
  'groups of device authorities',
  (c) => c,
  async ({ api }, _args, o) => {
    const items = await allOf(10_000, (query) =>
      answerOf(api.GET('/operator/v1/device-authorities', { params: { query } })),
    );
    if (o.json === true) {
      json({ items });
      return;
    }
    table(
      ['NAME', 'ROOT', 'VALID UNTIL', 'REVOCATION'],
      items.map((a) => [
        a.shadowedBy.length === 0 ? a.name : `${a.name} (shadowed by ${a.shadowedBy.join(', ')})`,
        a.anchors.map((c) => c.subject).join('; '),
        a.anchors.map((c) => c.notAfter.slice(0, 10)).join('; '),
        `${a.crlPolicy}${a.crls.map((c) => `, ${c.entries} entries until ${c.nextUpdate ?? '–'}`).join('')}`,
      ]),
    );
  },
);
