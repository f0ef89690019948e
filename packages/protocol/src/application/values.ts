/** Whether the value of a parameter satisfies the rules of its schema. Pure. */
import type { Json } from './fields.ts';
import type { Patterns } from './patterns.ts';

function decimals(value: number): number {
  const [, fraction = ''] = /\.(\d+)$/.exec(String(value)) ?? [];
  return fraction.length;
}

function numberFault(value: unknown, s: Json, isInteger: boolean): string | undefined {
  // The model of deployments writes every value as a text; numbers in quotes are taken.
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof n !== 'number' || !Number.isFinite(n)) return 'must be a number';
  if (isInteger && !Number.isInteger(n)) return 'must be a whole number';
  const rule = (key: string): number => (typeof s[key] === 'number' ? s[key] : Number.NaN);
  if (n < rule('minValue')) return `must be at least ${rule('minValue')}`;
  if (n > rule('maxValue')) return `must be at most ${rule('maxValue')}`;
  if (decimals(n) > rule('maxPrecision')) return `must have at most ${rule('maxPrecision')} decimals`;
  return decimals(n) < rule('minPrecision')
    ? `must have at least ${rule('minPrecision')} decimals`
    : undefined;
}

function textFault(value: unknown, s: Json, patterns: Patterns): string | undefined {
  // YAML reads 123 as a number where a text is meant.
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string') return 'must be a text';
  if (text === '') return s['allowEmpty'] === false ? 'must not be empty' : undefined;
  if (typeof s['minLength'] === 'number' && text.length < s['minLength'])
    return `must have at least ${s['minLength']} characters`;
  if (typeof s['maxLength'] === 'number' && text.length > s['maxLength'])
    return `must have at most ${s['maxLength']} characters`;
  const pattern = s['regexMatch'];
  return typeof pattern !== 'string' || patterns.matches(pattern, text)
    ? undefined
    : `must match ${pattern.slice(0, 200)}`;
}

/** A setting that is chosen takes its options only; they are written as texts. */
function optionFault(value: unknown, { options }: Json): string | undefined {
  if (value === '' || !Array.isArray(options) || options.some((one) => typeof one === 'object'))
    return undefined;
  return options.map(String).includes(String(value))
    ? undefined
    : `must be one of ${options.join(', ').slice(0, 200)}`;
}

/** What is wrong with a value; undefined where it satisfies its schema. */
export function valueFault(value: unknown, schema: Json, patterns: Patterns): string | undefined {
  const dataType = String(schema['dataType']);
  const [, item] = /^array\[(\w+)\]$/.exec(dataType) ?? [];
  if (item !== undefined) {
    if (!Array.isArray(value)) return 'must be a list';
    for (const one of value) {
      const fault = valueFault(one, { ...schema, dataType: item }, patterns);
      if (fault !== undefined) return `holds ${JSON.stringify(one)}, which ${fault}`;
    }
    return undefined;
  }
  if (dataType === 'integer' || dataType === 'double')
    return numberFault(value, schema, dataType === 'integer') ?? optionFault(value, schema);
  if (dataType === 'boolean')
    return typeof value === 'boolean' || value === 'true' || value === 'false'
      ? undefined
      : 'must be true or false';
  return dataType === 'string'
    ? (textFault(value, schema, patterns) ?? optionFault(value, schema))
    : undefined;
}
