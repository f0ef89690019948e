/** Which device is meant: `gw/dev` or another id, or `gw/*` for any behind that gateway. */
const pattern = /^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*(\/\*)?$/;
const mostCharacters = 514;

/** What is wrong with a target; undefined where it is one. */
export function targetFault(target: string): string | undefined {
  if (target.length > mostCharacters) return `must have at most ${mostCharacters} characters`;
  if (!pattern.test(target)) return `must match ${pattern.source}`;
  // Legal by the pattern, but HTTP stacks normalise them away, so they would name another device.
  return target.split('/').some((segment) => segment === '.' || segment === '..')
    ? 'must not have . or .. as a segment'
    : undefined;
}
