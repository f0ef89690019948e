/** Whether the value of a parameter satisfies the rules of its schema; `regexMatch` is in no stated dialect, and left out. Pure. */
import type { Json } from './fields.ts';

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

function textFault(value: unknown, s: Json): string | undefined {
  // YAML reads 123 as a number where a text is meant.
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string') return 'must be a text';
  if (text === '') return s['allowEmpty'] === false ? 'must not be empty' : undefined;
  if (typeof s['minLength'] === 'number' && text.length < s['minLength'])
    return `must have at least ${s['minLength']} characters`;
  if (typeof s['maxLength'] === 'number' && text.length > s['maxLength'])
    return `must have at most ${s['maxLength']} characters`;
  return undefined;
}

/** What is wrong with a value; undefined where it satisfies its schema. */
export function valueFault(value: unknown, schema: Json): string | undefined {
  const dataType = String(schema['dataType']);
  const [, item] = /^array\[(\w+)\]$/.exec(dataType) ?? [];
  if (item !== undefined) {
    if (!Array.isArray(value)) return 'must be a list';
    for (const one of value) {
      const fault = valueFault(one, { ...schema, dataType: item });
      if (fault !== undefined) return `holds ${JSON.stringify(one)}, which ${fault}`;
    }
    return undefined;
  }
  if (dataType === 'integer' || dataType === 'double')
    return numberFault(value, schema, dataType === 'integer');
  if (dataType === 'boolean')
    return typeof value === 'boolean' || value === 'true' || value === 'false'
      ? undefined
      : 'must be true or false';
  return dataType === 'string' ? textFault(value, schema) : undefined;
}
