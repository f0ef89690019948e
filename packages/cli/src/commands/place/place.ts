/** `muster place FILE`: which devices can host an application, which is best, and why the others cannot. */
import type { AnswerView, DocumentsQuestion, Explanation, WhatIf } from '@muster/wfm';
import { type Application, type ApplicationShape, applicationShapes, ProtocolError } from '@muster/protocol';
import { Option } from 'commander';
import { answerOf } from '../../api/typed.ts';
import { command } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { type OperatorClient, operatorClient } from '../../operator-client.ts';
import { wholeNumber } from '../../numbers.ts';
import { json, safe, say } from '../../ui.ts';
import { type Asked, population, populationQuery } from '../devices/support.ts';
import { readApplication, readCapabilities, readFleet } from '../document-files.ts';
import { tellPlacement, tellWhy } from './tell.ts';

interface PlaceOptions extends Asked {
  readonly count: string;
  readonly limit: string;
  readonly notFitting: string;
  readonly target?: string;
  readonly spread?: string;
  readonly check?: boolean;
  readonly shape?: ApplicationShape;
  readonly why?: string;
  readonly ifCores?: string;
  readonly ifMemory?: string;
  readonly ifStorage?: string;
  readonly ifDevice?: string;
  readonly fleet?: string;
}

/** Whoever answers: a running WFM, or a folder of documents. */
interface Answerer {
  query(question: DocumentsQuestion): Promise<AnswerView & { whatIf?: AnswerView }>;
  why(deviceId: string): Promise<Explanation>;
}

function coresOf(given: string): number {
  const cores = /^\d{1,6}(?:\.\d{1,3})?$/.test(given) ? Number(given) : 0;
  if (cores > 0) return cores;
  throw new UsageError(
    `--if-cores ${given} is no number above 0 with at most 3 decimals.`,
    'Give --if-cores 1.5, for example.',
  );
}

/** Runs what may refuse what was asked for, where no server does. @throws UsageError that names every fault */
function asked<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const faults = error.problems
      .filter((p) => !error.message.includes(p.message))
      .map((p) => `${p.field} ${p.message}`);
    throw new UsageError([error.message, faults.join('; ')].join(' ').trim(), error.nextStep, {
      problems: error.problems,
    });
  }
}

async function questionOf(o: PlaceOptions): Promise<DocumentsQuestion> {
  if (o.spread === '')
    throw new UsageError(
      'There is nothing to spread over.',
      'Use --spread gateway, or a label: --spread site',
    );
  const whatIf: WhatIf = {
    ...(o.ifCores === undefined ? {} : { cores: coresOf(o.ifCores) }),
    ...(o.ifMemory === undefined ? {} : { memory: o.ifMemory }),
    ...(o.ifStorage === undefined ? {} : { storage: o.ifStorage }),
    ...(o.ifDevice === undefined
      ? {}
      : { devices: [{ capabilities: (await readCapabilities(o.ifDevice)).document }] }),
  };
  return {
    ...populationQuery(o),
    ...(o.target === undefined ? {} : { target: o.target }),
    ...(o.spread === undefined ? {} : { spread: o.spread }),
    count: wholeNumber('count', o.count, 1, 1_000_000),
    limit: wholeNumber('limit', o.limit, 0, 1000),
    notFitting: wholeNumber('not-fitting', o.notFitting, 0, 1000),
    ...(Object.keys(whatIf).length === 0 ? {} : { whatIf }),
  };
}

async function inFolder(application: Application, folder: string): Promise<Answerer> {
  const { answerOnDocuments, explainDocument } = await import('@muster/wfm');
  const fleet = await readFleet(folder);
  return {
    query: async (question) => asked(() => answerOnDocuments(application, question, fleet)),
    async why(deviceId) {
      const found = explainDocument(application, fleet, deviceId);
      if (found === null)
        throw new UsageError(`No document in ${folder} is of the device ${deviceId}.`, 'Name one that is.');
      return found;
    },
  };
}

function onServer({ api }: OperatorClient, application: string, o: PlaceOptions): Answerer {
  return {
    query({ whatIf, ...question }) {
      const { devices, ...wishes } = whatIf ?? {};
      const supposed = {
        ...wishes,
        ...(devices === undefined
          ? {}
          : { devices: devices.map(({ capabilities }) => ({ capabilities: { ...capabilities } })) }),
      };
      const body = { application, ...question, ...(whatIf === undefined ? {} : { whatIf: supposed }) };
      return answerOf(api.POST('/operator/v1/placement:query', { body }));
    },
    async why(deviceId) {
      const clientId = o.client;
      if (clientId === undefined)
        throw new UsageError('--why needs --client.', 'Name the client: muster devices list');
      return answerOf(
        api.POST('/operator/v1/placement:explain', { body: { application, clientId, deviceId } }),
      );
    },
  };
}

async function answer(from: Answerer, o: PlaceOptions): Promise<void> {
  if (o.why !== undefined) {
    if ([o.ifCores, o.ifMemory, o.ifStorage, o.ifDevice].some((one) => one !== undefined))
      throw new UsageError('--why explains what is, not what if.', 'Leave out --why, or --if-….');
    const explanation = await from.why(o.why);
    if (o.json === true) json(explanation);
    else tellWhy(explanation.profiles);
    return;
  }
  const found = await from.query(await questionOf(o));
  if (o.json === true) {
    json(found);
    return;
  }
  const spread = o.spread === 'gateway' ? undefined : o.spread;
  tellPlacement(found, o.fleet === undefined ? 'Now' : 'On these documents', spread);
  if (found.whatIf !== undefined) tellPlacement(found.whatIf, 'What if', spread);
}

export const place = command<PlaceOptions>(
  'place',
  'which devices can host this application, and why the others cannot',
  (c) =>
    population(c)
      .argument(
        '<file>',
        'an ApplicationDescription or ApplicationDeployment (YAML or JSON), or bare requirements',
      )
      .option('--check', 'only check the file: every fault with its line')
      .addOption(
        new Option(
          '--shape <shape>',
          'hold its components to the sources of that shape (default: the one they look like)',
        ).choices(applicationShapes),
      )
      .option('--count <n>', 'copies wanted', '1')
      .option('--limit <n>', 'candidates to list', '20')
      .option('--not-fitting <n>', 'devices that do not fit to list, nearest first', '5')
      .option('--target <deviceId>', 'gw/dev is only that device, gw/* each one behind that gateway')
      .option('--spread <by>', 'gateway, or a label such as site: the best of each first')
      .option('--fleet <dir>', 'judge the capability documents of a folder instead: needs no WFM')
      .option('--why <deviceId>', 'explain one device (on a WFM with --client)')
      .option('--if-cores <n>', 'what if it needed so many cores')
      .option('--if-memory <quantity>', 'what if it needed so much memory, such as 2Gi')
      .option('--if-storage <quantity>', 'what if it needed so much storage')
      .option('--if-device <file>', 'what if there were this device too: a capability document')
      .option('--data <dir>', 'data folder of a WFM on this machine (default $MUSTER_DATA or ./.muster/wfm)'),
  async ([file = ''], o) => {
    const { text, application } = await readApplication(file, o.shape);
    if (o.check === true) {
      if (o.json === true) json({ ok: true });
      else say(`${safe(file)} is right.`);
      return;
    }
    if (o.fleet !== undefined) {
      if (o.client !== undefined)
        throw new UsageError('Documents have no client.', 'Leave out --client or --fleet.');
      await answer(await inFolder(application, o.fleet), o);
      return;
    }
    const client = operatorClient({ data: o.data, env: process.env });
    try {
      await answer(onServer(client, text, o), o);
    } finally {
      client.close();
    }
  },
);
