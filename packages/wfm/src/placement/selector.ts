/** The operators of rc.3's selectors, over properties (JSON Pointer) and labels. Pure. */
import { magnitudeOf, type MatchExpression } from '@muster/protocol';

const absent = Symbol('absent');

/** The value a JSON Pointer (RFC 6901) leads to. */
function pointed(document: unknown, pointer: string): unknown {
  let value: unknown = document;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
    else if (typeof value === 'object' && value !== null && Object.hasOwn(value, key))
      value = (value as Record<string, unknown>)[key];
    else return absent;
    if (value === undefined) return absent;
  }
  return value;
}

function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

const sizes = new Set(['/memory', '/storage']);

/** Whether a value is one of those that are named; sizes are equal however they are written. */
function isNamed(e: MatchExpression, text: string): boolean {
  if (e.values.includes(text)) return true;
  return e.on === 'property' && sizes.has(e.key) && e.values.map(magnitudeOf).includes(magnitudeOf(text));
}

/** What the document itself has where the expression looks: a label may be called `constructor`. */
function valueAt(e: MatchExpression, document: Readonly<Record<string, unknown>>): unknown {
  if (e.on === 'property') return pointed(document, e.key);
  return Object.hasOwn(document, e.key) ? document[e.key] : absent;
}

/**
 * Whether one expression holds.
 * @param document what the pointer is read from: properties, or labels as a flat object
 */
export function holds(e: MatchExpression, document: Readonly<Record<string, unknown>>): boolean {
  const value = valueAt(e, document);
  if (e.operator === 'Exists') return value !== absent;
  if (e.operator === 'DoesNotExist') return value === absent;
  if (e.operator === 'NotIn') {
    const text = scalarText(value);
    return text === undefined || !isNamed(e, text);
  }
  if (value === absent) return false;
  if (e.operator === 'In') {
    const text = scalarText(value);
    return text !== undefined && isNamed(e, text);
  }
  if (e.operator === 'Gt' || e.operator === 'Lt') {
    const [have, wanted] = [magnitudeOf(value), magnitudeOf(e.values[0])];
    if (have === undefined || wanted === undefined) return false;
    return e.operator === 'Gt' ? have > wanted : have < wanted;
  }
  if (!Array.isArray(value)) return false;
  const { itemSelector } = e;
  const items = new Set(
    value.map((item) => scalarText(itemSelector === undefined ? item : pointed(item, itemSelector))),
  );
  return e.operator === 'ContainsAll'
    ? e.values.every((one) => items.has(one))
    : e.values.some((one) => items.has(one));
}

/** An expression as people read it. */
export function expressionText(e: MatchExpression): string {
  const key = `${e.key}${e.itemSelector === undefined ? '' : `[*]${e.itemSelector}`}`;
  const values = e.values.join(', ');
  switch (e.operator) {
    case 'Exists':
      return `${key} exists`;
    case 'DoesNotExist':
      return `${key} does not exist`;
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} not in (${values})`;
    case 'Gt':
      return `${key} > ${values}`;
    case 'Lt':
      return `${key} < ${values}`;
    case 'ContainsAll':
      return `${key} contains all of (${values})`;
    case 'ContainsAny':
      return `${key} contains any of (${values})`;
  }
}

/** What the document has where the expression looks. */
export function foundText(e: MatchExpression, document: Readonly<Record<string, unknown>>): string {
  const value = valueAt(e, document);
  return value === absent ? 'absent' : (scalarText(value) ?? JSON.stringify(value)).slice(0, 200);
}

const offerRoots = new Set([
  'vendor',
  'modelNumber',
  'cpus',
  'memory',
  'storage',
  'peripherals',
  'interfaces',
  'supportedRuntimes',
  'supportedDeploymentTypes',
  'otelCollector',
]);

/** Where an expression can be judged: once per offer, once per set of labels, or per device. */
export function scopeOf(e: MatchExpression): 'offer' | 'labels' | 'device' {
  if (e.on === 'label') return 'labels';
  return offerRoots.has(e.key.split('/')[1] ?? '') ? 'offer' : 'device';
}
