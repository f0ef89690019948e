import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';

export type Role = 'viewer' | 'operator' | 'admin';
const ranks: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Who is signed in; undefined until the WFM has said. */
export function useOperator(): { readonly name: string; readonly role: Role } | undefined {
  const { data } = useQuery({
    queryKey: ['whoami'],
    queryFn: () => answerOf(api.GET('/operator/v1/whoami')),
    meta: { live: false },
  });
  return data;
}

/** Why the operator may not do what needs a role; null when it is allowed. */
export function useHindrance(needs: Role): string | null {
  const operator = useOperator();
  if (operator === undefined) return 'It is not known yet what you may do.';
  if (ranks[operator.role] >= ranks[needs]) return null;
  return `This needs the role ${needs}; you are signed in as ${operator.name} with the role ${operator.role}.`;
}
