/** A gateway's inventory on disk: one YAML file, or a directory with one file per child. */
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileTooLargeError, readBoundedFile } from '@muster/pki';
import { type Capabilities, isObject } from '@muster/protocol';
import { DeviceError } from '../errors.ts';
import { ChildError, childId, readChild } from './child.ts';

export interface Child {
  readonly capabilities: Capabilities;
  /** The file it stands in, or its entry. */
  readonly source: string;
}

/** What cannot be used; the children that it told of before stay as they were. */
export interface InventoryProblem {
  readonly source: string;
  /** Whom it would be about, as far as its name tells. */
  readonly deviceId: string | null;
  readonly seen: string;
}

export interface Inventory {
  /** What the owner says of the gateway itself, in the place of a capabilities file. */
  readonly gateway: { readonly from: string; readonly given: Record<string, unknown> } | undefined;
  readonly children: ReadonlyMap<string, Child>;
  readonly problems: readonly InventoryProblem[];
}

const maximumChildren = 1_000;
const maximumFile = 262_144;
const maximumInventory = 4_194_304;
/** A file that was changed this recently may still be written, in milliseconds. */
const settling = 200;
const patience = 10;

const known = /\.(?:ya?ml|json)$/;

function cannot(path: string, seen: string): DeviceError {
  return new DeviceError('usage', `The inventory ${path} cannot be used.`, {
    seen,
    expected: 'a YAML file with gateway and children, or a directory with one YAML or JSON file per child',
    nextStep: 'Correct it; until then everything stays as it was reported.',
  });
}

/** Reads a file once nobody has written to it for a moment. @throws ChildError */
async function readSettled(path: string, maximum: number): Promise<unknown> {
  for (let i = 0; i < patience; i++) {
    if (Math.abs(Date.now() - (await stat(path)).mtimeMs) >= settling) break;
    await sleep(settling);
  }
  const text = await readBoundedFile(path, maximum).then(String, (error: unknown) => {
    throw error instanceof FileTooLargeError ? new ChildError(`It has more than ${maximum} bytes.`) : error;
  });
  // Loaded when there is something to read: a device without an inventory has no need of it.
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (error) {
    throw new ChildError(
      error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'It cannot be read.',
    );
  }
}

class Reading {
  readonly children = new Map<string, Child>();
  readonly problems: InventoryProblem[] = [];
  readonly #gateway: string;

  constructor(gateway: string) {
    this.#gateway = gateway;
  }

  problem(source: string, name: string, error: unknown): void {
    const seen = error instanceof ChildError ? error.message : 'It cannot be read.';
    let deviceId: string | null = null;
    try {
      deviceId = childId(this.#gateway, name);
    } catch {
      // A name that cannot be an id tells nothing.
    }
    this.problems.push({ source, deviceId, seen: seen.slice(0, 500) });
  }

  child(source: string, name: string, value: unknown): void {
    try {
      const capabilities = readChild(this.#gateway, name, value);
      const other = this.children.get(capabilities.deviceId);
      if (other !== undefined)
        throw new ChildError(`${other.source} already describes ${capabilities.deviceId}.`);
      this.children.set(capabilities.deviceId, { capabilities, source });
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      this.problem(source, name, error);
    }
  }
}

async function readOne(path: string, gateway: string): Promise<Inventory> {
  const value = await readSettled(path, maximumInventory).catch((error: unknown) => {
    throw error instanceof ChildError ? cannot(path, error.message) : error;
  });
  if (!isObject(value)) throw cannot(path, 'it is no mapping');
  const unknown = Object.keys(value).filter((key) => key !== 'gateway' && key !== 'children');
  if (unknown.length > 0) throw cannot(path, `not known: ${unknown.join(', ')}`);
  // Absent is not empty: a file that was cut before its children must not delete them.
  const { gateway: own, children } = value;
  if (!isObject(children)) throw cannot(path, 'children is no mapping; write {} when there are none');
  if (own !== undefined && !isObject(own)) throw cannot(path, 'gateway is no mapping');
  const entries = Object.entries(children);
  if (entries.length > maximumChildren) throw cannot(path, `more than ${maximumChildren} children`);
  const reading = new Reading(gateway);
  for (const [name, child] of entries) reading.child(`children.${name}`, name, child);
  return { ...reading, gateway: own === undefined ? undefined : { from: path, given: own } };
}

async function readDirectory(path: string, gateway: string): Promise<Inventory> {
  const all = await readdir(path, { recursive: true, withFileTypes: true });
  const files = all
    .filter((entry) => entry.isFile() && known.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(path, sep).length))
    .filter((file) => !file.split(sep).some((part) => part.startsWith('.')))
    .sort();
  if (files.length > maximumChildren + 1) throw cannot(path, `more than ${maximumChildren} files`);
  const reading = new Reading(gateway);
  let own: Inventory['gateway'];
  for (const file of files) {
    const name = file.replace(known, '').split(sep).join('/');
    try {
      const value = await readSettled(join(path, file), maximumFile);
      if (name !== 'gateway') reading.child(file, name, value);
      else if (isObject(value)) own = { from: join(path, file), given: value };
      else throw new ChildError('it is no mapping');
    } catch (error) {
      // Deleted between the listing and the reading: the next look tells.
      if (name === 'gateway' && error instanceof ChildError) throw cannot(join(path, file), error.message);
      reading.problem(file, name, error);
    }
  }
  return { ...reading, gateway: own };
}

/**
 * Reads an inventory.
 * @param gateway the gateway's device id, under which the children stand
 * @throws DeviceError `usage` when the whole of it cannot be used, so that nothing may be concluded from it
 */
export async function readInventory(path: string, gateway: string): Promise<Inventory> {
  try {
    const isDirectory = (await stat(path)).isDirectory();
    return await (isDirectory ? readDirectory(path, gateway) : readOne(path, gateway));
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) throw cannot(path, error.message);
    throw error;
  }
}
