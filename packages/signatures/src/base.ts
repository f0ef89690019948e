import { componentValue } from './components.ts';
import { SignatureError } from './errors.ts';
import type { ComponentItem } from './structured-field.ts';
import type { Message } from './types.ts';

/** One spelling per component whatever the order of its parameters, to find duplicates (RFC 9421 section 2). */
function identity(item: ComponentItem): string {
  if (item.parameters.size === 0) return item.name.toLowerCase();
  const parameters = [...item.parameters].map(([key, value]) => `${key}=${String(value.value)}`).sort();
  return `${item.name.toLowerCase()};${parameters.join(';')}`;
}

/**
 * Builds the signature base (RFC 9421 section 2.5).
 * @param rawParameters the inner list with its parameters exactly as in Signature-Input
 * @throws SignatureError `duplicate-component` or what {@link componentValue} refuses
 */
export function signatureBase(
  message: Message,
  components: readonly ComponentItem[],
  rawParameters: string,
): string {
  const seen: string[] = [];
  let base = '';
  for (const item of components) {
    const id = identity(item);
    if (seen.includes(id)) {
      throw new SignatureError('duplicate-component', `The component ${item.raw} is covered twice.`, {
        seen: item.raw,
        expected: 'each component once',
        nextStep: 'Cover every component once, in one letter case.',
      });
    }
    seen.push(id);
    base += `${item.raw}: ${componentValue(item, message)}\n`;
  }
  return `${base}"@signature-params": ${rawParameters}`;
}
