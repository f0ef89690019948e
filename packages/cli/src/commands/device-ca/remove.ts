import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const remove = operatorCommand(
  'remove',
  'remove a group and the rules that speak of it; its clients stay',
  (c) => c.argument('<name>', 'name of the group'),
  async (client, [name = ''], o) => {
    const present = await client.call('GET', '/rules');
    const rules = present['rules'] as Array<{ name: string; match: { authority?: string } }>;
    const kept = rules.filter((rule) => rule.match.authority !== name);
    if (kept.length < rules.length)
      await client.call('PUT', '/rules', {
        version: present['version'],
        comment: `device-ca remove ${name}`,
        rules: kept,
      });
    await client.call('DELETE', `/device-authorities/${encodeURIComponent(name)}`);
    if (o.json === true) json({ removed: name, rules: rules.length - kept.length });
    else tick('removed', `${name}, with ${rules.length - kept.length} rules`);
  },
);
