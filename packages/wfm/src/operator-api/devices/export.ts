import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { FoundDevice } from '../../fleet/search.ts';
import { modelOf } from '../../fleet/stored-model.ts';
import { coresText, kiText, offerOf } from '../../placement/offer.ts';
import type { OperatorApi } from '../context.ts';
import { oneOf } from '../listing.ts';
import { PopulationFields } from '../questions.ts';
import { deviceView } from '../views.ts';
import { type DevicesQuery, deviceOrders, findDevices } from './list.ts';

const columns = [
  'clientId',
  'deviceId',
  'vendor',
  'modelNumber',
  'serialNumber',
  'cpus',
  'memory',
  'storage',
  'peripherals',
  'interfaces',
  'runtimes',
  'deploymentTypes',
  'labels',
  'revision',
  'updatedAt',
  'lastSeenAt',
];

/** RFC 4180; a value that a spreadsheet would run as a formula gets a quote before it. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvLine(d: FoundDevice): string {
  const model = modelOf(d.model);
  const { vendor, modelNumber, hosting: h } = offerOf(model);
  const several = (items: readonly string[] | undefined): string => (items ?? []).join(';');
  return [
    d.clientId,
    d.deviceId,
    vendor,
    modelNumber,
    model.serialNumber,
    several(h?.cpuGroups.map((g) => `${coresText(g.milliCores)} ${g.architecture ?? ''}`.trim())),
    h === null ? '' : kiText(h.memoryKi),
    h === null ? '' : kiText(h.storageKi),
    several(h?.peripherals.map((p) => p.type)),
    several(h?.interfaces),
    several(h?.runtimes),
    several(h?.deploymentTypes),
    several(Object.entries(d.labels).map(([key, value]) => `${key}=${value}`)),
    String(d.revision),
    new Date(d.updatedAt).toISOString(),
    new Date(d.lastSeenAt).toISOString(),
  ]
    .map(cell)
    .join(',');
}

/** What may be asked for: an export has no pages. */
type ExportQuery = Omit<DevicesQuery, 'limit' | 'cursor'>;

async function* lines(api: OperatorApi, q: ExportQuery, format: 'csv' | 'jsonl'): AsyncGenerator<string> {
  if (format === 'csv') yield `${columns.join(',')}\r\n`;
  let cursor: string | undefined;
  do {
    const page = await findDevices(api, { ...q, limit: 500, cursor });
    yield page.items
      .map((d) =>
        format === 'csv'
          ? `${csvLine(d)}\r\n`
          : `${JSON.stringify({ ...deviceView(d), labels: d.labels })}\n`,
      )
      .join('');
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** GET /device-export */
export function exportDevices(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'All found devices as CSV or JSON Lines, streamed',
    tags: ['devices'],
    querystring: Type.Object({
      ...PopulationFields,
      sort: oneOf(...deviceOrders.flatMap((name) => [name, `-${name}`])),
      format: Type.Optional(Type.String({ enum: ['csv', 'jsonl'] })),
    }),
    response: {
      200: {
        description: 'streamed',
        content: {
          'text/csv': { schema: Type.String() },
          'application/x-ndjson': { schema: Type.String() },
        },
      },
    },
  };
  app.get('/device-export', { schema }, async (request, reply) => {
    const {
      selector,
      text,
      clientId,
      sort,
      format = 'csv',
    } = request.query as ExportQuery & {
      format?: 'csv' | 'jsonl';
    };
    const q = { selector, text, clientId, sort };
    // A wrong selector is refused before the answer begins.
    await findDevices(api, { ...q, limit: 1 });
    reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
    return reply.send(Readable.from(lines(api, q, format)));
  });
}
