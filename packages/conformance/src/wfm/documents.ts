/** Capability documents that are well signed and wrong. */
import { isObject } from '@muster/protocol';
import { type Examination, failed, type Finding, passed } from '../report.ts';
import { capabilitiesSource, isDone, reportOf, sendBy } from './capabilities.ts';
import type { Ground } from './ground.ts';
import { refused } from './onboarding.ts';
import { sign } from './signed.ts';
import { tell } from './wire.ts';

type Json = Record<string, unknown>;

interface Mistake {
  readonly id: string;
  readonly title: string;
  /** What the answer should name. */
  readonly field: string;
  /** Makes the mistake in a right document. @param hosting where CPUs, memory and storage stand in this shape */
  readonly make: (document: Json, properties: Json, hosting: Json) => void;
}

const mistakes: readonly Mistake[] = [
  {
    id: 'kind',
    title: 'Another kind is refused, and named',
    field: 'kind',
    make: (document) => (document['kind'] = 'DeviceCapabilities'),
  },
  {
    id: 'properties',
    title: 'A document without properties is refused, and what is missing named',
    field: 'properties',
    make: (document) => delete document['properties'],
  },
  {
    id: 'required-field',
    title: 'A document without a required field is refused, and the field named',
    field: 'serialNumber',
    make: (_, properties) => delete properties['serialNumber'],
  },
  {
    id: 'field-type',
    title: 'A field of the wrong type is refused, and named',
    field: 'vendor',
    make: (_, properties) => (properties['vendor'] = 7),
  },
  {
    id: 'enumeration',
    title: 'A value outside of an enumeration is refused, and its place named',
    field: 'interfaces',
    make: (_, __, hosting) => (hosting['interfaces'] = [{ type: 'carrier-pigeon' }]),
  },
  {
    id: 'quantity',
    title: 'A quantity without a known unit is refused, and named',
    field: 'memory',
    make: (_, __, hosting) => (hosting['memory'] = '8 bushels'),
  },
];

function documentWith(ground: Ground, mistake: Mistake, memory?: string): Json {
  const o = memory === undefined ? {} : { memory };
  const { body } = reportOf(ground, ground.client, `${ground.mark}-1`, o);
  const document = JSON.parse(Buffer.from(body).toString()) as Json;
  const properties = isObject(document['properties']) ? document['properties'] : {};
  const { resources } = properties;
  mistake.make(document, properties, isObject(resources) ? resources : properties);
  return document;
}

async function mistaken(ground: Ground, mistake: Mistake): Promise<Finding> {
  const document = documentWith(ground, mistake);
  const request = reportOf(ground, ground.client, `${ground.mark}-1`, { document });
  const answer = await sendBy(ground, ground.client, request, `capabilities with a wrong ${mistake.field}`);
  const finding = refused(answer);
  if (finding.result !== 'pass' || answer.body.includes(mistake.field)) return finding;
  return failed(`${finding.seen}: ${mistake.field} is not named`);
}

/** A wrong document and a right one over one connection; a server that says goodbye first may close it. */
async function survives(ground: Ground): Promise<Finding> {
  const { client } = ground;
  const [first] = mistakes;
  if (first === undefined) return failed('nothing to send');
  const document = documentWith(ground, first, '3Gi');
  const wrong = await sign(ground, client, reportOf(ground, client, `${ground.mark}-1`, { document }));
  const right = await sign(ground, client, reportOf(ground, client, `${ground.mark}-1`, { memory: '2Gi' }));
  return ground.wire.overOne(async (agent) => {
    await ground.wire.send(wrong, 'a wrong document on a connection', agent);
    const answer = await ground.wire.send(right, 'a right one after it', agent);
    const how = answer.isReused ? 'over the same connection' : 'over a new connection';
    return (isDone(answer) ? passed : failed)(`${tell(answer)} ${how}`);
  });
}

export const documentChecks: readonly Examination<Ground>[] = [
  ...mistakes.map(
    (mistake): Examination<Ground> => ({
      id: `capabilities.${mistake.id}-named`,
      title: mistake.title,
      level: 'should',
      source: capabilitiesSource,
      expected: `422, or another 4xx, with ${mistake.field} in the body`,
      nextStep: 'Check the document against the published schema, and name each fault in errors[].',
      look: (ground) => mistaken(ground, mistake),
    }),
  ),
  {
    id: 'capabilities.connection-survives',
    title: 'After a wrong document the connection serves on',
    level: 'should',
    source: 'RFC 9112 section 9.3',
    expected: 'the next request is answered',
    nextStep: 'Answer and go on; or say Connection: close before closing.',
    look: survives,
  },
];
