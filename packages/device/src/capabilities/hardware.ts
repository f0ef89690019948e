/** What only other programs and the firmware know of this machine. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Systeminformation } from 'systeminformation';
import { DeviceError } from '../errors.ts';
import { readSealed, writeSealed } from '../state/sealed.ts';

export interface Hardware {
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly cores: number;
  readonly networks: readonly { readonly name: string; readonly type: string }[];
  readonly graphics: readonly { readonly vendor: string; readonly model: string }[];
}

type Answer = readonly [
  Systeminformation.SystemData,
  Systeminformation.CpuData,
  Systeminformation.NetworkInterfacesData[],
  Systeminformation.GraphicsData,
];

/** In a process of its own, which gives back the memory that it took; a daemon asks once in its life, or little more. */
const program = `
const si = require(process.argv[1]);
Promise.all([si.system(), si.cpu(), si.networkInterfaces(), si.graphics()])
  .then((all) => process.stdout.write(JSON.stringify(all)));`;
const limits = { timeout: 60_000, killSignal: 'SIGKILL', maxBuffer: 4_194_304 } as const;

/** What is not known comes as nothing, or as null. */
const text = (value: string | null | undefined): string => value ?? '';

async function askHardware(signal?: AbortSignal): Promise<Hardware> {
  const library = createRequire(import.meta.url).resolve('systeminformation');
  let answer: Answer;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, library], {
      ...limits,
      ...(signal === undefined ? {} : { signal }),
    });
    answer = JSON.parse(stdout) as Answer;
  } catch (error) {
    throw new DeviceError('state', 'This machine does not say what it is.', {
      seen: (error instanceof Error ? error.message : String(error)).slice(0, 300),
      expected: 'vendor, model, processor, network and graphics',
      nextStep: 'Try again; if it stays so, look for a sandbox that keeps programs from being started.',
      cause: error,
    });
  }
  const [system, cpu, networks, { controllers }] = answer;
  return {
    vendor: text(system.manufacturer),
    model: text(system.model),
    serial: text(system.serial),
    cores: cpu.cores,
    networks: networks.map(({ iface, type }) => ({ name: text(iface), type: text(type) })),
    graphics: controllers.map(({ vendor, model }) => ({ vendor: text(vendor), model: text(model) })),
  };
}

/** Interfaces of this machine's inside: containers and virtual machines come and go with them. */
const isInner = (name: string): boolean => /^(?:lo|docker|veth|br-|virbr|cni|flannel)/.test(name);

/** Whether an interface leads out of this machine by a wire. */
export const isWired = ({ name, type }: Hardware['networks'][number]): boolean =>
  type === 'wired' && !isInner(name);

/** The interfaces by which one tells that the hardware may have changed. */
const interfacesNow = (): string =>
  Object.keys(networkInterfaces())
    .filter((name) => !isInner(name))
    .sort()
    .join();

let known: { readonly interfaces: string; readonly answer: Promise<Hardware> } | undefined;

function ask(): Promise<Hardware> {
  const asked = { interfaces: interfacesNow(), answer: askHardware() };
  known = asked;
  asked.answer.catch(() => {
    if (known === asked) known = undefined;
  });
  return asked.answer;
}

/**
 * What this machine is. Asked again only when the network interfaces are others, so that a daemon's polls cost next to nothing.
 * @throws DeviceError `state`
 */
export function hardwareOf(): Promise<Hardware> {
  return known?.interfaces === interfacesNow() ? known.answer : ask();
}

const fileOf = (stateDirectory: string): string => join(stateDirectory, 'hardware.json');

interface Kept {
  readonly interfaces: string;
  readonly hardware: Hardware;
}

const readKept = async (stateDirectory: string): Promise<Kept | null> =>
  // A damaged file is as good as none.
  (await readSealed(fileOf(stateDirectory), 'hardware').catch(() => null)) as Kept | null;

/**
 * Takes what was found at an earlier start for true, so that the first report does not wait for the machine.
 * @returns whether there was something; then {@link refreshHardware} is due
 */
export async function recallHardware(stateDirectory: string): Promise<boolean> {
  const kept = await readKept(stateDirectory);
  if (kept === null || kept.interfaces !== interfacesNow()) return false;
  known = { interfaces: kept.interfaces, answer: Promise.resolve(kept.hardware) };
  return true;
}

/**
 * Keeps what this machine is for the next start.
 * @param o.anew ask, even when something is known
 * @returns whether it is not what was kept
 * @throws DeviceError `state`
 */
export async function refreshHardware(o: {
  stateDirectory: string;
  anew: boolean;
  signal: AbortSignal;
}): Promise<boolean> {
  const before = await readKept(o.stateDirectory);
  const interfaces = interfacesNow();
  const hardware = await (o.anew ? askHardware(o.signal) : hardwareOf());
  // Until here what was recalled counts, also when the machine does not answer.
  known = { interfaces, answer: Promise.resolve(hardware) };
  const kept: Kept = { interfaces, hardware };
  if (JSON.stringify(before) === JSON.stringify(kept)) return false;
  // A disk that takes nothing costs the next start a moment, no more.
  await writeSealed(fileOf(o.stateDirectory), 'hardware', kept).catch(() => undefined);
  return true;
}
