import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

export const remove = operatorCommand(
  'remove',
  'remove a group and the rules that speak of it; its clients stay',
  (c) => c.argument('<name>', 'name of the group'),
  async ({ api }, [name = ''], o) => {
    const { version, rules } = await answerOf(api.GET('/operator/v1/rules'));
    const kept = rules.filter((rule) => rule.match.authority !== name);
    if (kept.length < rules.length)
      await answerOf(
        api.PUT('/operator/v1/rules', {
          body: { version, comment: `device-ca remove ${name}`, rules: kept },
        }),
      );
    await answerOf(api.DELETE('/operator/v1/device-authorities/{name}', { params: { path: { name } } }));
    if (o.json === true) json({ removed: name, rules: rules.length - kept.length });
    else tick('removed', `${name}, with ${rules.length - kept.length} rules`);
  },
);
