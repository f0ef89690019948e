import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { Age } from './age.tsx';
import { PagedTable } from './paged-table.tsx';
import { State } from './state.tsx';
import { whyOfClient } from './why.ts';

/** Clients that are shut out: by an operator, by a revoked certificate, or because their key seems to be in two places. */
export function BlockedClients() {
  return (
    <PagedTable
      about={['clients', 'blocked']}
      label="Blocked clients"
      read={(at) =>
        answerOf(
          api.GET('/operator/v1/clients', {
            params: { query: { ...at, limit: 5, state: 'blocked', sort: '-lastSeenAt' } },
          }),
        )
      }
      idOf={(c) => c.clientId}
      none="No client is blocked."
      columns={[
        { name: 'State', cell: (c) => <State is={c.state} why={whyOfClient(c)} /> },
        {
          name: 'Client',
          cell: (c) => (
            <Anchor component={Link} to={`/clients/${c.clientId}`} size="sm">
              {c.subject}
            </Anchor>
          ),
        },
        { name: 'Why', cell: (c) => c.blockedReason },
        { name: 'Seen', cell: (c) => <Age at={c.lastSeenAt} /> },
      ]}
    />
  );
}
