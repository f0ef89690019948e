/** What is required of a device: `requiredResources`, and rc.3's `deviceConstraints`. */
import { interfaceTypes, peripheralTypes } from '../capabilities/model.ts';
import { isObject } from '../json.ts';
import { magnitudeOf } from '../quantities.ts';
import type { LocatedDocument, Path } from './document.ts';
import { choiceAt, type Json, knownAt, listAt, objectAt, optionalText, quantityAt } from './fields.ts';
import {
  type MatchExpression,
  type PeripheralNeed,
  type Requirement,
  requiredArchitectures,
  selectorOperators,
} from './model.ts';

const memoryUnits = ['Ki', 'Mi', 'Gi'];
const storageUnits = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const mostItems = 64;
/** Of one profile: each is asked of each kind of device. */
const mostExpressions = 256;
/** RFC 6901, but not the whole document. */
const jsonPointer = /^(?:\/(?:[^~/]|~[01])*)+$/;

const sizes = ['cpu', 'memory', 'storage'];

type Capacity = Pick<Requirement, 'cpu' | 'memory' | 'storage'>;

function cpuNeed(d: LocatedDocument, given: unknown, path: Path): Requirement['cpu'] {
  if (given === undefined) return undefined;
  const cpu = objectAt(d, given, path);
  knownAt(d, cpu, ['cores', 'architectures'], path);
  const cores = cpu['cores'];
  const milliCores = typeof cores === 'number' ? Math.round(cores * 1000) : 0;
  if (cores === undefined) d.problem([...path, 'cores'], 'is required');
  else if (typeof cores !== 'number' || !(cores > 0) || cores > 1_000_000)
    d.problem([...path, 'cores'], 'must be a number above 0 and at most 1000000');
  else if (milliCores === 0 || Math.abs(milliCores - cores * 1000) > 1e-6)
    d.problem([...path, 'cores'], 'must have at most 3 decimals');
  const list = listAt(d, cpu, 'architectures', path, { most: mostItems });
  const architectures = list.flatMap(
    (item, i) => choiceAt(d, item, requiredArchitectures, [...path, 'architectures', i]) ?? [],
  );
  return { milliCores, ...(architectures.length === 0 ? {} : { architectures }) };
}

function capacity(d: LocatedDocument, from: Json, path: Path): Capacity {
  const cpu = cpuNeed(d, from['cpu'], [...path, 'cpu']);
  const memory = quantityAt(d, from, 'memory', path, memoryUnits);
  const storage = quantityAt(d, from, 'storage', path, storageUnits);
  return {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(storage === undefined ? {} : { storage }),
  };
}

function items(d: LocatedDocument, from: Json, path: Path): Pick<Requirement, 'peripherals' | 'interfaces'> {
  const peripherals = listAt(d, from, 'peripherals', path, { most: mostItems }).flatMap((item, i) => {
    const at = [...path, 'peripherals', i];
    const one = objectAt(d, item, at);
    knownAt(d, one, ['type', 'manufacturer', 'model'], at);
    const type = choiceAt(d, one['type'], [...peripheralTypes, 'other'], [...at, 'type']);
    const manufacturer = optionalText(d, one, 'manufacturer', at);
    const model = optionalText(d, one, 'model', at);
    const need: PeripheralNeed = {
      type: type ?? '',
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(model === undefined ? {} : { model }),
    };
    return [need];
  });
  const interfaces = listAt(d, from, 'interfaces', path, { most: mostItems }).flatMap((item, i) => {
    const at = [...path, 'interfaces', i];
    const one = objectAt(d, item, at);
    knownAt(d, one, ['type'], at);
    return choiceAt(d, one['type'], [...interfaceTypes, 'other'], [...at, 'type']) ?? [];
  });
  return { peripherals, interfaces };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function expression(
  d: LocatedDocument,
  item: unknown,
  on: MatchExpression['on'],
  path: Path,
): MatchExpression[] {
  const from = objectAt(d, item, path);
  knownAt(d, from, ['key', 'operator', 'values', 'itemSelector'], path);
  const key = from['key'];
  if (typeof key !== 'string' || key === '' || key.length > 512)
    d.problem([...path, 'key'], key === undefined ? 'is required' : 'must be a text that is not empty');
  else if (on === 'property' && !jsonPointer.test(key))
    d.problem([...path, 'key'], 'must be a JSON Pointer such as /vendor');
  const operator = choiceAt(d, from['operator'], selectorOperators, [...path, 'operator']);
  const given = from['values'];
  const values = listAt(d, from, 'values', path).flatMap((value, i) => {
    if (isScalar(value)) return [String(value)];
    d.problem([...path, 'values', i], 'must be a text, a number, true or false');
    return [];
  });
  const presence = operator === 'Exists' || operator === 'DoesNotExist';
  const ordered = operator === 'Gt' || operator === 'Lt';
  if (operator !== undefined) {
    if (presence && values.length > 0) d.problem([...path, 'values'], `must be left out with ${operator}`);
    if (ordered && (given === undefined || (Array.isArray(given) && given.length !== 1)))
      d.problem([...path, 'values'], `must hold exactly one value with ${operator}`);
    if (ordered && values.length === 1 && magnitudeOf(values[0]) === undefined)
      d.problem([...path, 'values', 0], `must be a number, or a size such as 4Gi, with ${operator}`);
    // What is there and wrong has been told.
    if (!presence && !ordered && (given === undefined || (Array.isArray(given) && given.length === 0)))
      d.problem([...path, 'values'], `must hold at least one value with ${operator}`);
  }
  const itemSelector = from['itemSelector'];
  if (itemSelector !== undefined) {
    if (typeof itemSelector !== 'string' || !jsonPointer.test(itemSelector))
      d.problem([...path, 'itemSelector'], 'must be a JSON Pointer into the items, such as /type');
    else if (operator !== 'ContainsAll' && operator !== 'ContainsAny')
      d.problem([...path, 'itemSelector'], 'goes with ContainsAll and ContainsAny only');
  }
  if (operator === undefined || typeof key !== 'string') return [];
  return [{ on, key, operator, values, ...(typeof itemSelector === 'string' ? { itemSelector } : {}) }];
}

/** Reads `{matchExpressions: […]}`. */
function selectorAt(
  d: LocatedDocument,
  given: unknown,
  on: MatchExpression['on'],
  path: Path,
): MatchExpression[] {
  const from = objectAt(d, given, path);
  knownAt(d, from, ['matchExpressions'], path);
  return listAt(d, from, 'matchExpressions', path, { required: true, most: mostItems }).flatMap((one, i) =>
    expression(d, one, on, [...path, 'matchExpressions', i]),
  );
}

function eligibilityAt(d: LocatedDocument, constraints: Json, path: Path): MatchExpression[] {
  const all = listAt(d, constraints, 'eligibilityRules', path, { most: mostItems }).flatMap((given, i) => {
    const at = [...path, 'eligibilityRules', i];
    const rule = objectAt(d, given, at);
    knownAt(d, rule, ['propertySelector', 'labelSelector'], at);
    if (isObject(given) && rule['propertySelector'] === undefined && rule['labelSelector'] === undefined)
      d.problem(at, 'must have a propertySelector or a labelSelector');
    return [
      ...(rule['propertySelector'] === undefined
        ? []
        : selectorAt(d, rule['propertySelector'], 'property', [...at, 'propertySelector'])),
      ...(rule['labelSelector'] === undefined
        ? []
        : selectorAt(d, rule['labelSelector'], 'label', [...at, 'labelSelector'])),
    ];
  });
  if (all.length > mostExpressions)
    d.problem([...path, 'eligibilityRules'], `must have at most ${mostExpressions} expressions together`);
  return all.slice(0, mostExpressions);
}

/** What a profile may hold is not closed; but needs by another name would be no needs. */
export function namedNeedsAt(d: LocatedDocument, profile: Json, path: Path): void {
  for (const key of Object.keys(profile))
    if (/resource|constraint/i.test(key) && key !== 'requiredResources' && key !== 'deviceConstraints')
      d.problem([...path, key], 'is not known here; expected requiredResources or deviceConstraints');
}

/** Reads the needs beside a profile's type: either block, or none. */
export function requirementAt(
  d: LocatedDocument,
  from: Json,
  path: Path,
): Omit<Requirement, 'deploymentType' | 'runtime'> {
  const old = from['requiredResources'];
  const constraints = from['deviceConstraints'];
  if (old !== undefined && constraints !== undefined)
    d.problem([...path, 'deviceConstraints'], 'must not stand beside requiredResources');
  if (constraints !== undefined) {
    const at = [...path, 'deviceConstraints'];
    const object = objectAt(d, constraints, at);
    knownAt(d, object, ['capacityRequirements', 'eligibilityRules'], at);
    const within = [...at, 'capacityRequirements'];
    const needs =
      object['capacityRequirements'] === undefined ? {} : objectAt(d, object['capacityRequirements'], within);
    knownAt(d, needs, sizes, within);
    return {
      ...capacity(d, needs, within),
      peripherals: [],
      interfaces: [],
      eligibility: eligibilityAt(d, object, at),
    };
  }
  if (old === undefined) return { peripherals: [], interfaces: [], eligibility: [] };
  const at = [...path, 'requiredResources'];
  const resources = objectAt(d, old, at);
  knownAt(d, resources, [...sizes, 'peripherals', 'interfaces'], at);
  return { ...capacity(d, resources, at), ...items(d, resources, at), eligibility: [] };
}
