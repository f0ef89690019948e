/** Large applications are read in a thread: with the same result, in turns, and while others run. */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { parseApplication, ProtocolError } from '@muster/protocol';
import { ApplicationReader } from '../../src/operator-api/placement/reader.ts';

const reader = new ApplicationReader();
after(() => reader.close());

/** So many parameters; the thread reads what has more than 8192 characters. */
const application = (parameters: number, version = "'1'"): string =>
  `apiVersion: margo.org/v1-alpha1
kind: ApplicationDescription
metadata: {id: a, name: a, version: ${version}, catalog: {organization: [{name: o}]}}
deploymentProfiles:
  - id: p
    type: compose
    components: [{name: c, properties: {packageLocation: https://p.example/a.tgz}}]
    requiredResources: {memory: 8Gi}
parameters:
${Array.from({ length: parameters }, (_, i) => `  p${i}: {value: ${i}, targets: [{pointer: P${i}, components: [c]}]}\n`).join('')}`;

const faultsOf = async (read: Promise<unknown>): Promise<ProtocolError> => {
  const error = await read.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProtocolError, String(error));
  return error;
};

it('reads small and large ones to the same', async () => {
  for (const text of [application(1), application(300)])
    assert.deepEqual(await reader.read(text), parseApplication(text));
});

it('tells the same faults of small and large ones', async () => {
  for (const text of [application(1, '1'), application(300, '1'), `${application(300)}]`]) {
    const { code, message, problems, nextStep } = await faultsOf(reader.read(text));
    assert.throws(() => parseApplication(text), { code, message, problems, nextStep });
  }
});

it('lets others run while it reads a large one, and answers all who ask at once', async () => {
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const found = await Promise.all(
    [application(500), application(501, '1'), application(502)].map((text) =>
      reader.read(text).then(
        (one) => one.id,
        (error: unknown) => error instanceof ProtocolError,
      ),
    ),
  );
  isDone = true;
  assert.deepEqual(found, ['a', true, 'a']);
  assert.ok(turns > 20, `${turns} turns of the loop`);
});

it('refuses one that takes too long, and reads the next', async () => {
  const hasty = new ApplicationReader(1);
  const { code, message, nextStep } = await faultsOf(hasty.read(application(300)));
  assert.deepEqual([code, message], ['semantic', 'This document takes too much time or memory to read.']);
  assert.match(nextStep, /smaller/);
  assert.equal((await hasty.read(application(1))).id, 'a');
  await hasty.close();
});
