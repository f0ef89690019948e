import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, say, tick } from '../../ui.ts';
import { idArgument } from './support.ts';

export const receipt = operatorCommand<Common & { out?: string }>(
  'receipt',
  'the evidence behind an identity: the signed request and the decision, checkable offline',
  (c) => idArgument(c).option('--out <file>', 'write it to a file'),
  async ({ api }, [clientId = ''], o) => {
    const result = await answerOf(
      api.GET('/operator/v1/clients/{clientId}/receipt', { params: { path: { clientId } } }),
    );
    if (o.out === undefined) {
      json(result);
      return;
    }
    const { writeFileAtomic } = await import('@muster/pki');
    await writeFileAtomic(o.out, `${JSON.stringify(result, null, 2)}\n`, 0o644);
    if (o.json === true) json({ written: o.out });
    else {
      tick('receipt', o.out);
      say(`Check it anywhere: muster audit verify ${o.out}`);
    }
  },
);
