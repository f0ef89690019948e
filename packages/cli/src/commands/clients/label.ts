import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, tick } from '../../ui.ts';

/** Reads `key=value` pairs. @throws UsageError */
export function readLabels(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', value] = pair.split(/=(.*)/s);
      if (key === '' || value === undefined)
        throw new UsageError(`${pair} is no label.`, 'Write labels as key=value.');
      return [key, value];
    }),
  );
}

export const label = operatorCommand(
  'label',
  'set the labels of a client; what is left out goes',
  (c) =>
    c.argument('<id>', 'clientId, or the beginning of a fingerprint').argument('[labels...]', 'key=value'),
  async ({ api }, [clientId = '', ...pairs], options) => {
    const labels = readLabels(pairs);
    const row = await answerOf(
      api.PUT('/operator/v1/clients/{clientId}/labels', {
        params: { path: { clientId } },
        body: { labels },
      }),
    );
    if (options.json === true) json(row);
    else
      tick(
        'labels',
        Object.entries(labels)
          .map(([k, v]) => `${k}=${v}`)
          .join(' ') || 'none',
      );
  },
);
