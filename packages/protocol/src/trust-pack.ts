/** What a trust pack states: all that a device needs to know its WFM, carried by hand. */
import { type FieldProblem, ProtocolError } from './errors.ts';
import { isObject } from './json.ts';
import { isClientId } from './routes.ts';

export interface TrustPack {
  readonly kind: 'trust-pack';
  readonly urls: readonly string[];
  /** `sha256:<hex>` of the CA certificates; as many as there are of those. */
  readonly pins: readonly string[];
  /** PEM; none for a WFM whose certificate comes from a public CA. */
  readonly caCertificates: readonly string[];
  /** An operator's one-time ticket: whoever has it gets in. */
  readonly ticket: string | null;
  readonly madeAt: string;
  readonly validUntil: string;
  /** In the answer to a device's request: for whom it is. */
  readonly device: {
    readonly keyFingerprint: string;
    readonly deviceId: string;
    readonly clientId: string;
  } | null;
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;

function isDevice(value: unknown): value is NonNullable<TrustPack['device']> {
  if (!isObject(value)) return false;
  const { keyFingerprint, deviceId, clientId } = value;
  return (
    isText(keyFingerprint, 71) &&
    /^sha256:[0-9a-f]{64}$/.test(keyFingerprint) &&
    isText(deviceId, 512) &&
    typeof clientId === 'string' &&
    isClientId(clientId)
  );
}

/**
 * Checks the shape of a trust pack.
 * @throws ProtocolError `invalid-request` with every problem
 */
export function parseTrustPack(value: Readonly<Record<string, unknown>>): TrustPack {
  const problems: FieldProblem[] = [];
  const need = (field: string, ok: boolean, message: string): void => {
    if (!ok) problems.push({ field, message });
  };
  const list = (field: string, most: number, longest: number): readonly string[] => {
    const items = value[field];
    const ok = Array.isArray(items) && items.length <= most && items.every((item) => isText(item, longest));
    need(field, ok, `must be a list of at most ${most} texts`);
    return ok ? (items as string[]) : [];
  };
  const time = (field: string): string => {
    const text = value[field];
    const ok = isText(text, 40) && !Number.isNaN(Date.parse(text));
    need(field, ok, 'must be a time');
    return ok ? text : '';
  };
  const urls = list('urls', 16, 2048);
  const pins = list('pins', 16, 71);
  const caCertificates = list('caCertificates', 16, 65_536);
  need('urls', urls.length > 0, 'must not be empty');
  need('pins', pins.length === caCertificates.length, 'must be one for each CA certificate');
  const ticket = value['ticket'] ?? null;
  need('ticket', ticket === null || isText(ticket, 512), 'must be a text of at most 512 characters');
  const device = value['device'] ?? null;
  need('device', device === null || isDevice(device), 'must name a key, a device id and a clientId');
  const [madeAt, validUntil] = [time('madeAt'), time('validUntil')];
  if (problems.length > 0)
    throw new ProtocolError(
      'invalid-request',
      'This is no trust pack.',
      problems,
      'Make it again on the WFM.',
    );
  return {
    kind: 'trust-pack',
    urls,
    pins,
    caCertificates,
    ticket: typeof ticket === 'string' ? ticket : null,
    madeAt,
    validUntil,
    device: isDevice(device) ? device : null,
  };
}
