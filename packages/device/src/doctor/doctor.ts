/** Looks at everything that must be right for this device, changes nothing, and says what to do. */
import { createHash, randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { caPin, decodeCertificates, type Signer, writeFileAtomic } from '@muster/pki';
import {
  isObject,
  readProblem,
  routes,
  type Check,
  fail,
  pass,
  skip,
  warn,
  type Diagnosis,
  diagnosis,
} from '@muster/protocol';
import { type Binding, presentBinding } from '../binding/binding.ts';
import { discoverCapabilities } from '../capabilities/discover.ts';
import { isUnknownClient } from '../capabilities/report.ts';
import { DeviceError, throwIfStopped } from '../errors.ts';
import { type Answer, answerJson } from '../http/answer.ts';
import { exchange } from '../http/exchange.ts';
import { sendSigned } from '../http/signed.ts';
import { type DeviceClock, openClock } from '../clock/clock.ts';
import { failed } from './check.ts';
import { fileChecks } from './files.ts';
import { clockCheck, timeToJudgeBy } from './time.ts';
import { networkChecks } from './network.ts';

export interface DoctorOptions {
  readonly stateDirectory: string;
  readonly capabilitiesFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

function pinCheck(binding: Binding, answer: Answer): Check {
  if (binding.caPin === null) return skip('pin', `trusted by ${binding.how}`);
  const body = answerJson(answer);
  const text = isObject(body) ? body['certificate'] : undefined;
  try {
    const offered = decodeCertificates(typeof text === 'string' ? text : '').map(caPin);
    if (offered.includes(binding.caPin)) return pass('pin', binding.caPin);
    return warn(
      'pin',
      `the WFM now offers ${offered.join(', ')}`,
      'Compare with muster wfm join-string, and join again before the old CA ends.',
    );
  } catch (error) {
    return failed('pin', error, 'Check that the URL is that of a WFM.');
  }
}

/** For which URL a Muster WFM has looked at the signature: another one than this device has signed was changed on the way. */
function arrivedAs(answer: Answer): string {
  const body = answerJson(answer);
  const targets = isObject(body) ? body['targetUris'] : undefined;
  return Array.isArray(targets) && typeof targets[0] === 'string'
    ? ` (it arrived as ${targets[0].slice(0, 300)})`
    : '';
}

async function echoChecks(
  binding: Binding,
  signer: Signer | null,
  clock: DeviceClock,
  signal: AbortSignal | undefined,
): Promise<Check[]> {
  const { clientId } = binding;
  const join = 'Join: muster device join JOIN-STRING';
  if (clientId === null)
    return [
      fail(
        'clientId',
        'none yet: the WFM has not let this device in',
        'Let its operator decide (muster clients list), or ask again: muster device join JOIN-STRING',
      ),
      skip('signature echo', 'needs a clientId'),
    ];
  if (signer === null) return [pass('clientId', clientId), skip('signature echo', 'needs the key')];
  const { answer } = await sendSigned({
    // A device that nobody has: every WFM checks the signature, finds nothing, and changes nothing.
    url: binding.wfm + routes.deviceCapabilities(clientId, `doctor-${randomBytes(16).toString('hex')}`),
    method: 'DELETE',
    anchors: binding.anchors,
    signer,
    nonce: binding.nonce,
    offsetSeconds: binding.offsetSeconds,
    now: clock.local,
    clock,
    signal,
  });
  const problem = readProblem(answer.status, answerJson(answer));
  const seen = `${answer.status} ${problem.detail ?? problem.title ?? ''}`.trim();
  if (isUnknownClient(answer))
    return [fail('clientId', `the WFM does not know ${clientId}`, join), skip('signature echo', seen)];
  if (answer.status === 401)
    return [
      pass('clientId', clientId),
      fail(
        'signature echo',
        `${seen}${arrivedAs(answer)}`,
        'Check the clock, and whether a proxy changes the host or path.',
      ),
    ];
  if (answer.status === 403)
    return [
      fail('clientId', seen, 'Ask the operator of the WFM about this client.'),
      skip('signature echo', seen),
    ];
  // A plain 404 may come before any look at the signature; only this one comes after it.
  const checked = answer.status === 404 && (problem.type ?? '').endsWith('device-not-found');
  if (!checked && [404, 405, 501].includes(answer.status))
    return [
      skip('clientId', `this WFM does not tell whether it knows ${clientId}`),
      skip('signature echo', `this WFM has no harmless signed request (${seen})`),
    ];
  if (checked || answer.status === 204)
    return [pass('clientId', clientId), pass('signature echo', 'the WFM takes this key’s signature')];
  return [pass('clientId', clientId), fail('signature echo', seen, 'Try again later.')];
}

async function remoteChecks(
  binding: Binding,
  signer: Signer | null,
  clock: DeviceClock,
  signal: AbortSignal | undefined,
): Promise<Check[]> {
  let answer: Answer;
  try {
    const url = binding.wfm + routes.certificate;
    answer = await exchange({ url, method: 'GET', anchors: binding.anchors, clock, signal });
  } catch (error) {
    return [failed('WFM', error, 'Check the address.'), clockCheck(clock, undefined)];
  }
  const checks = [pinCheck(binding, answer), clockCheck(clock, answer.headers['date'])];
  try {
    checks.push(...(await echoChecks(binding, signer, clock, signal)));
  } catch (error) {
    checks.push(failed('signature echo', error, 'Try again later.'));
  }
  return checks;
}

/** Examines this device and its way to the WFM; changes nothing on either side. @throws DeviceError `aborted` */
export async function doctor(o: DoctorOptions): Promise<Diagnosis> {
  const checks: Check[] = [];
  const clock = await openClock(o.stateDirectory, o.now ?? Date.now, { isKept: false });
  let binding: Binding | null = null;
  throwIfStopped(o.signal);
  try {
    await access(o.stateDirectory);
    binding = await presentBinding(o.stateDirectory);
    const join = 'Join a WFM: muster device join JOIN-STRING';
    checks.push(
      binding === null ? fail('binding', 'no WFM joined', join) : pass('binding', `${binding.wfm}`),
    );
  } catch (error) {
    checks.push(failed('binding', error, 'Check the state folder: --state DIR'));
  }
  const now = await timeToJudgeBy(clock, binding, o.signal);
  const files = await fileChecks(o.stateDirectory, now);
  checks.push(...files.checks);
  if (binding !== null) {
    checks.push(...(await networkChecks(binding, now, o.signal)));
    checks.push(
      ...(checks.some((c) => c.result === 'fail' && c.name === 'chain')
        ? [skip('WFM', 'not asked over a connection that deserves no trust'), clockCheck(clock, undefined)]
        : await remoteChecks(binding, files.signer, clock, o.signal)),
    );
  } else checks.push(clockCheck(clock, undefined));
  try {
    const found = await discoverCapabilities({
      deviceId: binding?.deviceId ?? 'doctor',
      capabilitiesFile: o.capabilitiesFile,
    });
    checks.push(pass('capabilities', `valid for ${found.deviceId}`));
  } catch (error) {
    checks.push(failed('capabilities', error, 'Correct the capabilities file.'));
  }
  // What was not looked at is no finding.
  throwIfStopped(o.signal);
  return diagnosis(checks);
}

/**
 * Writes a diagnosis for a ticket: without keys and proofs, and with a digest in the place of the clientId.
 * @throws DeviceError `state` when the file cannot be written
 */
export async function writeBundle(file: string, stateDirectory: string, found: Diagnosis): Promise<void> {
  const binding = await presentBinding(stateDirectory).catch(() => null);
  const id = binding?.clientId ?? null;
  const alias = id === null ? null : `client-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
  const bundle = {
    muster: 1,
    made: new Date().toISOString(),
    system: `${platform()} ${release()} ${arch()}, Node.js ${process.version}`,
    binding:
      binding === null
        ? null
        : { wfm: binding.wfm, client: alias, how: binding.how, profile: binding.learned?.profile ?? null },
    ...found,
  };
  const text = JSON.stringify(bundle, null, 2);
  try {
    await writeFileAtomic(
      file,
      `${id === null || alias === null ? text : text.replaceAll(id, alias)}\n`,
      0o600,
    );
  } catch (error) {
    throw new DeviceError('state', `The bundle ${file} cannot be written.`, {
      seen: error instanceof Error ? error.message : '',
      expected: 'a folder that can be written to',
      nextStep: 'Give another path.',
      cause: error,
    });
  }
}
