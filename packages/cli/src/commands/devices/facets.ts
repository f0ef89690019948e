import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { type Asked, population, populationQuery, search } from './support.ts';

export const facets = operatorCommand<Asked>(
  'facets',
  'counts by vendor, architecture, runtime, deployment type, peripheral, label and last sight',
  population,
  async (client, _args, options) => {
    const answer = await client.call('GET', `/device-facets?${search(populationQuery(options))}`);
    if (options.json === true) {
      json(answer);
      return;
    }
    const all = answer['facets'] as Record<string, { value: string; devices: number }[]>;
    table(
      ['FACET', 'VALUE', 'DEVICES'],
      Object.entries(all).flatMap(([facet, values]) =>
        values.map(({ value, devices }) => [facet, value, String(devices)]),
      ),
    );
  },
);
