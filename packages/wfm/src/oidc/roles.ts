/** From the claims of a token to a role: pure. Nothing in a token gives a role but what the settings map. */
import type { Role } from '../store/ports.ts';

const roles: readonly Role[] = ['viewer', 'operator', 'admin'];

/** Reads `value=role`; the value may itself hold `=`, as distinguished names do. Null when it is no mapping. */
export function parseRoleMapping(text: string): { value: string; role: Role } | null {
  const at = text.lastIndexOf('=');
  const role = roles.find((r) => r === text.slice(at + 1));
  return at < 1 || role === undefined ? null : { value: text.slice(0, at), role };
}

/** The values of a claim: by its whole name first, as names may be URLs, then by the path that its dots describe. */
export function claimValues(claims: Readonly<Record<string, unknown>>, name: string): string[] {
  const found = Object.hasOwn(claims, name)
    ? claims[name]
    : name
        .split('.')
        .reduce<unknown>(
          (at, key) =>
            typeof at === 'object' && at !== null && Object.hasOwn(at, key)
              ? (at as Record<string, unknown>)[key]
              : undefined,
          claims,
        );
  return (Array.isArray(found) ? found : [found]).filter((v): v is string => typeof v === 'string');
}

/** The highest role that the values of a claim give; null when none of them is mapped. */
export function roleOf(values: readonly string[], mapping: readonly string[]): Role | null {
  const given = new Set(
    mapping.map(parseRoleMapping).flatMap((m) => (m !== null && values.includes(m.value) ? [m.role] : [])),
  );
  return roles.findLast((role) => given.has(role)) ?? null;
}

/**
 * How a person stands in the audit: `oidc:SUBJECT NAME`. The subject is the identity, and holds no blank; the name is for
 * readers. No token of Muster's own can be named like that.
 */
export function actorOf(claims: Readonly<Record<string, unknown>>): string {
  const subject = encodeURI(String(claims['sub']));
  const name = ['preferred_username', 'email', 'name']
    .map((key) => claims[key])
    .find((value): value is string => typeof value === 'string' && value.trim() !== '');
  const shown = name
    ?.replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 64);
  return shown === undefined ? `oidc:${subject}` : `oidc:${subject} ${shown}`;
}
