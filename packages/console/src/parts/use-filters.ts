import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

/**
 * What a list is filtered by: it stands in the address, so that a view can be sent to a colleague and outlives a reload.
 * @param names the filters there are; others in the address are left alone
 */
export function useFilters<Name extends string>(
  names: readonly Name[],
): [Readonly<Partial<Record<Name, string>>>, (name: Name, value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  // Two filters may change before the address does: the second one must not undo the first.
  const latest = useRef(params);
  useEffect(() => {
    latest.current = params;
  }, [params]);
  const filters: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = params.get(name);
    if (value !== null && value !== '') filters[name] = value;
  }
  const set = (name: Name, value: string | null): void => {
    const after = new URLSearchParams(latest.current);
    if (value === null || value === '') after.delete(name);
    else after.set(name, value);
    latest.current = after;
    setParams(after, { replace: true });
  };
  return [filters, set];
}
