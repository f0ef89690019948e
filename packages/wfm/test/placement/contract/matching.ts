/** Placement against the reference matcher, over random fleets and requirements. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Capabilities } from '@muster/protocol';
import { Catalogue } from '../../../src/fleet/catalogue.ts';
import type { NearMiss, Placed } from '../../../src/placement/answer.ts';
import { hypotheticalClient } from '../../../src/placement/hypothetical.ts';
import { Placement } from '../../../src/placement/query.ts';
import { answerView } from '../../../src/placement/view.ts';
import { requirementFromJson } from '../../../src/placement/taken.ts';
import { device, expression, part, requirement } from '../arbitraries.ts';
import {
  type ReferenceDevice,
  referenceMatch,
  referenceMeant,
  referencePlacement,
  referenceSpread,
} from '../reference.ts';
import { admit, report, digestOf, ask, app, type Open, none } from './support.ts';

/** Counts by a key. */
function counted(pairs: readonly (readonly [key: string, count: number])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [key, count] of pairs) counts.set(key, (counts.get(key) ?? 0) + count);
  return counts;
}

/** The devices that lack one thing only, counted by the thing: the smallest share first, then the most devices. */
function checkNearestMisses(
  given: readonly NearMiss[],
  nearest: readonly { unmet: string[]; shares: number[] }[],
): void {
  assert.deepEqual(
    given,
    given.toSorted(
      (a, b) => a.perMille - b.perMille || b.devices - a.devices || (a.lacks < b.lacks ? -1 : 1),
    ),
  );
  // No more than ten kinds are told.
  if (given.length >= 10) return;
  assert.deepEqual(
    counted(given.map((m) => [`${m.constraint} ${m.perMille}`, m.devices])),
    counted(nearest.filter((n) => n.unmet.length === 1).map((n) => [`${n.unmet[0]} ${n.shares[0]}`, 1])),
  );
}

type Given = typeof device extends fc.Arbitrary<infer T> ? T : never;

const capabilitiesOf = (d: Given, deviceId: string): Capabilities => ({
  deviceId,
  vendor: d.vendor,
  modelNumber: 'm',
  serialNumber: d.serial,
  ...(d.hosting === undefined ? {} : { hosting: d.hosting }),
  extensions: {},
});
const labelsOf = (d: Given): Record<string, string> =>
  Object.fromEntries(Object.entries(d.labels).filter(([, value]) => value !== ''));
const supposedOf = (d: Given): ReferenceDevice => ({
  clientId: hypotheticalClient,
  capabilities: capabilitiesOf(d, 'new'),
  labels: labelsOf(d),
  clientState: 'active',
  reserved: [],
});

export function matchingContract(runs: number, open: Open): void {
  it('says what the reference matcher says, of any part of the fleet: candidates, order, spread, copies, what if, and why not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(device, { minLength: 1, maxLength: 14 }),
        fc.array(
          fc.record({
            requirements: fc.array(requirement, { minLength: 1, maxLength: 2 }),
            part,
            supposed: fc.option(device, { nil: undefined, freq: 2 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        fc.array(expression, { maxLength: 2 }),
        async (given, questions, selector) => {
          const store = await open();
          const fleet: ReferenceDevice[] = [];
          for (const [i, d] of given.entries()) {
            const clientId = await admit(store, `c${i}`);
            const gateway: Capabilities = {
              deviceId: `d${i}`,
              vendor: 'G',
              modelNumber: 'g',
              serialNumber: 'g',
              extensions: {},
            };
            const capabilities = capabilitiesOf(d, d.child ? `d${i}/child` : `d${i}`);
            const labels = labelsOf(d);
            await store.labels.set({
              clientId,
              deviceId: null,
              labels,
              source: 'rule',
              actor: 'test',
              now: 2,
            });
            if (d.child) await report(store, clientId, gateway);
            await report(store, clientId, capabilities);
            for (const [j, r] of d.reservations.entries())
              await store.reservations.reserve({
                reservationId: randomUUID(),
                clientId,
                deviceId: capabilities.deviceId,
                application: `r${j}`,
                requirement: r,
                actor: 'test',
                now: 5,
                expiresAt: j === 0 ? null : 100,
              });
            if (d.blocked) await store.clients.setState(clientId, ['active'], 'blocked', 'test', 6);
            const clientState = d.blocked ? 'blocked' : 'active';
            for (const c of d.child ? [gateway, capabilities] : [capabilities]) {
              const reserved = (await store.reservations.ofDevice(clientId, c.deviceId, 50)).map((one) => ({
                requirement: requirementFromJson(one.requirement),
                cpuGroup: one.cpuGroup,
              }));
              fleet.push({ clientId, capabilities: c, labels, clientState, reserved });
            }
          }
          const catalogue = new Catalogue(store.fleet);
          // Both ways of reading: by labels where a selection is small, and by offers or all.
          const ways = [
            new Placement(store, catalogue),
            new Placement(store, catalogue, { directSets: 0, smallSelection: 0 }),
          ];
          const clients = [...new Set(fleet.map((d) => d.clientId))];
          for (const [placement, { requirements, part: asked, supposed }] of ways.flatMap((way) =>
            questions.map((q) => [way, q] as const),
          )) {
            const application = app(...requirements);
            const { target, text, spread } = asked;
            const clientId = asked.client === undefined ? undefined : clients[asked.client];
            const inside = fleet.filter(
              (d) =>
                referenceMeant(d, { target, text, clientId }) &&
                !referenceMatch({ ...none, eligibility: selector }, d).unmet.some(
                  (name) => name === 'label' || name === 'property',
                ),
            );
            // Nobody asks of a device that is not there whether it is meant.
            const added = supposed === undefined ? [] : [supposedOf(supposed)];
            const expected = referencePlacement(application, [...inside, ...added], digestOf);
            const question = { selector, target, text, clientId, spread, hypothetical: added };
            const answer = await placement.query(ask(application, question), 50);
            const placeOf = ({ id }: { id: string }): string => {
              const [client = '', deviceId = ''] = id.split(/ (?=\S+$)/);
              if (spread === 'gateway') return `${client} ${deviceId.split('/')[0]}`;
              const labels = [...inside, ...added].find(
                (d) => d.clientId === client && d.capabilities.deviceId === deviceId,
              )?.labels;
              return Object.entries(labels ?? {}).find(([key]) => key === spread)?.[1] ?? '';
            };
            const ranked =
              spread === undefined ? expected.fitting : referenceSpread(expected.fitting, placeOf);
            assert.deepEqual(
              answer.candidates.map((c) => ({
                id: `${c.clientId} ${c.deviceId}`,
                profile: c.verdict.profile,
                waste: c.verdict.fit?.waste,
                copies: c.verdict.fit?.copies,
              })),
              ranked,
            );
            const few = await placement.query(ask(application, { ...question, limit: 2, missLimit: 2 }), 50);
            const ids = (list: readonly Placed[]) => list.map((c) => `${c.clientId} ${c.deviceId}`);
            assert.deepEqual(ids(few.candidates), ids(answer.candidates.slice(0, 2)));
            assert.deepEqual(ids(few.notFitting), ids(answer.notFitting.slice(0, 2)));
            assert.equal(answer.devices, inside.length + added.length);
            assert.equal(answer.fitting, expected.fitting.length);
            assert.equal(
              answer.copies,
              expected.fitting.reduce((n, c) => n + c.copies, 0),
            );
            assert.deepEqual(
              ids(answer.notFitting),
              expected.notFitting.map((one) => one.id),
            );
            const unmetOf = new Map(expected.notFitting.map((one) => [one.id, one.unmet]));
            const lines = new Map(
              answerView(application, answer).notFitting.map((one) => [
                `${one.clientId} ${one.deviceId}`,
                one.whyNot.map((p) => p.unmet),
              ]),
            );
            for (const d of inside) {
              const id = `${d.clientId} ${d.capabilities.deviceId}`;
              const why = await placement.explain(application, d.clientId, d.capabilities.deviceId, 50);
              assert.equal(why?.fits, !unmetOf.has(id));
              if (why?.fits !== false) continue;
              const unmet = why.profiles.map((p) => p.checks.filter((c) => !c.met));
              assert.deepEqual(lines.get(id), unmet);
              assert.deepEqual(
                unmet.map((p) => p.map((c) => c.constraint)),
                unmetOf.get(id),
              );
            }
            checkNearestMisses(
              answer.nearestMisses,
              expected.notFitting.map((one) => one.nearest),
            );
          }
          await store.close();
        },
      ),
      { numRuns: runs, seed: 20261124 },
    );
  });
}
