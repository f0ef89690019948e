/** `muster place FILE`: which devices can host an application, which is best, and why the others cannot. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseApplication } from '@muster/protocol';
import { command } from '../command.ts';
import { UsageError } from '../exit-codes.ts';
import { operatorClient } from '../operator-client.ts';
import { json, safe, say, table } from '../ui.ts';
import { checkDocument, readText } from './application-file.ts';
import { type Asked, population, populationQuery } from './devices/support.ts';

interface PlaceOptions extends Asked {
  readonly count: string;
  readonly limit: string;
  readonly notFitting: string;
  readonly target?: string;
  readonly spread?: string;
  readonly check?: boolean;
  readonly why?: string;
  readonly ifCores?: string;
  readonly ifMemory?: string;
  readonly ifStorage?: string;
  readonly ifDevice?: string;
  readonly fleet?: string;
}

interface Check {
  readonly constraint: string;
  readonly needed: string;
  readonly offered: string;
  readonly met: boolean;
}

export interface PlacementView {
  readonly devices: number;
  readonly fitting: number;
  readonly copies: number;
  readonly enough: boolean;
  readonly candidates: {
    clientId: string;
    deviceId: string;
    vendor: string;
    modelNumber: string;
    profile: string;
    waste: number;
    copies: number;
  }[];
  readonly nearestMisses: { devices: number; lacks: string }[];
  readonly notFitting: {
    clientId: string;
    deviceId: string;
    whyNot: { profile: string; unmet: Check[] }[];
  }[];
}

async function placeOnFolder(text: string, folder: string, o: PlaceOptions): Promise<void> {
  const { placeOnDocuments } = await import('@muster/wfm');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const documents = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as unknown),
  );
  const answer = placeOnDocuments(parseApplication(text), documents);
  const enough = answer.copies >= Number(o.count);
  if (o.json === true) json({ ...answer, enough });
  else tellPlacement({ ...answer, enough, nearestMisses: [] }, 'On these documents');
}

/** Prints an answer for people. */
export function tellPlacement(a: PlacementView, title: string): void {
  say(
    `${title}: ${a.fitting} of ${a.devices} devices fit, ${a.copies} copies${a.enough ? '' : ' (not enough)'}.`,
  );
  if (a.candidates.length > 0)
    table(
      ['DEVICE', 'MODEL', 'PROFILE', 'COPIES', 'WASTE', 'CLIENT'],
      a.candidates.map((c) => [
        c.deviceId,
        `${c.vendor} ${c.modelNumber}`,
        c.profile,
        String(c.copies),
        String(c.waste),
        c.clientId,
      ]),
    );
  for (const miss of a.nearestMisses)
    say(`${miss.devices} ${miss.devices === 1 ? 'device lacks' : 'devices lack'} only ${safe(miss.lacks)}.`);
  for (const one of a.notFitting) {
    say(safe(`${one.deviceId}${one.clientId === '' ? '' : ` (${one.clientId})`} cannot:`));
    for (const { profile, unmet } of one.whyNot)
      for (const c of unmet)
        say(safe(`  ${profile}: ${c.constraint}: needed ${c.needed}, offered ${c.offered}`));
  }
}

export const place = command<PlaceOptions>(
  'place',
  'which devices can host this application, and why the others cannot',
  (c) =>
    population(c)
      .argument('<file>', 'an ApplicationDescription (YAML or JSON), or bare requirements')
      .option('--check', 'only check the file: every fault with its line')
      .option('--count <n>', 'copies wanted', '1')
      .option('--limit <n>', 'candidates to list', '20')
      .option('--not-fitting <n>', 'devices that do not fit to list, nearest first', '5')
      .option('--target <deviceId>', 'gw/dev: only that device; gw/*: any device behind that gateway')
      .option('--spread <by>', 'gateway, or a label such as site: the best of each first')
      .option('--fleet <dir>', 'judge the capability documents of a folder instead: needs no WFM')
      .option('--why <deviceId>', 'explain one device (with --client)')
      .option('--if-cores <n>', 'what if it needed so many cores')
      .option('--if-memory <quantity>', 'what if it needed so much memory, such as 2Gi')
      .option('--if-storage <quantity>', 'what if it needed so much storage')
      .option('--if-device <file>', 'what if there were this device too: a capability document')
      .option('--data <dir>', 'data folder of a WFM on this machine (default $MUSTER_DATA or ./.muster/wfm)'),
  async ([file = ''], o) => {
    const text = await readText(file);
    checkDocument(file, text);
    if (o.check === true) {
      if (o.json === true) json({ ok: true });
      else say(`${safe(file)} is right.`);
      return;
    }
    if (o.fleet !== undefined) {
      await placeOnFolder(text, o.fleet, o);
      return;
    }
    const whole = (name: string, given: string): number => {
      if (/^\d{1,7}$/.test(given)) return Number(given);
      throw new UsageError(`--${name} ${given} is no number.`, 'Use a whole number.');
    };
    const whatIf = {
      ...(o.ifCores === undefined ? {} : { cores: Number(o.ifCores) }),
      ...(o.ifMemory === undefined ? {} : { memory: o.ifMemory }),
      ...(o.ifStorage === undefined ? {} : { storage: o.ifStorage }),
      ...(o.ifDevice === undefined
        ? {}
        : { devices: [{ capabilities: JSON.parse(await readText(o.ifDevice)) as object }] }),
    };
    const client = operatorClient({ data: o.data, env: process.env });
    try {
      if (o.why !== undefined) {
        if (o.client === undefined)
          throw new UsageError('--why needs --client.', 'Name the client: muster devices list');
        const answer = await client.call('POST', '/placement:explain', {
          application: text,
          clientId: o.client,
          deviceId: o.why,
        });
        if (o.json === true) json(answer);
        else {
          const profiles = answer['profiles'] as { profile: string; checks: Check[] }[];
          table(
            ['PROFILE', 'CONSTRAINT', 'NEEDED', 'OFFERED', 'MET'],
            profiles.flatMap(({ profile, checks }) =>
              checks.map((k) => [profile, k.constraint, k.needed, k.offered, k.met ? 'yes' : 'NO']),
            ),
          );
        }
        return;
      }
      const answer = await client.call('POST', '/placement:query', {
        application: text,
        ...populationQuery(o),
        ...(o.target === undefined ? {} : { target: o.target }),
        ...(o.spread === undefined ? {} : { spread: o.spread }),
        count: whole('count', o.count),
        limit: whole('limit', o.limit),
        notFitting: whole('not-fitting', o.notFitting),
        ...(Object.keys(whatIf).length === 0 ? {} : { whatIf }),
      });
      if (o.json === true) {
        json(answer);
        return;
      }
      tellPlacement(answer as unknown as PlacementView, 'Now');
      if (answer['whatIf'] !== undefined) tellPlacement(answer['whatIf'] as PlacementView, 'What if');
    } finally {
      await client.close();
    }
  },
);
