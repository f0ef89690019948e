import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { type Asked, population, populationQuery } from './support.ts';

export const facets = operatorCommand<Asked>(
  'facets',
  'counts by vendor, architecture, runtime, deployment type, peripheral, label and last sight',
  population,
  async ({ api }, _args, options) => {
    const answer = await answerOf(
      api.GET('/operator/v1/device-facets', { params: { query: populationQuery(options) } }),
    );
    if (options.json === true) {
      json(answer);
      return;
    }
    table(
      ['FACET', 'VALUE', 'DEVICES'],
      Object.entries(answer.facets).flatMap(([facet, values]) =>
        values.map(({ value, devices }) => [facet, value, String(devices)]),
      ),
    );
  },
);
