import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import type { Client } from '../api/types.ts';
import { ConfirmButton } from './confirm-button.tsx';

type Move = 'block' | 'unblock' | 'retire' | 'readmit';

interface Offered {
  readonly move: Move;
  readonly from: ReadonlyArray<Client['state']>;
  readonly label: string;
  readonly says: string;
  readonly isDangerous: boolean;
}

/** The legal moves, as the WFM has them; each other one it refuses by name. */
const offers: readonly Offered[] = [
  {
    move: 'unblock',
    from: ['blocked'],
    label: 'Unblock',
    says: 'Its requests count again. What spoke for a copied key before is forgotten.',
    isDangerous: false,
  },
  {
    move: 'readmit',
    from: ['retired'],
    label: 'Readmit',
    says: 'It is active again, with the same clientId.',
    isDangerous: false,
  },
  {
    move: 'block',
    from: ['active'],
    label: 'Block',
    says: 'All its requests are refused until it is unblocked. It keeps its clientId.',
    isDangerous: true,
  },
  {
    move: 'retire',
    from: ['active', 'blocked'],
    label: 'Retire',
    says: 'It is told to leave, and its requests are refused from now on.',
    isDangerous: true,
  },
];

/** The receipt of how this client came in, as a file that can be checked offline. */
function Receipt({ clientId }: { clientId: string }) {
  const receipt = useQuery({
    queryKey: ['receipt', clientId],
    queryFn: () =>
      answerOf(api.GET('/operator/v1/clients/{clientId}/receipt', { params: { path: { clientId } } })),
    retry: false,
  });
  if (receipt.data === undefined) return null;
  const text = encodeURIComponent(JSON.stringify(receipt.data, null, 2));
  return (
    <Button
      component="a"
      size="compact-sm"
      variant="default"
      href={`data:application/json,${text}`}
      download={`receipt-${clientId}.json`}
    >
      Receipt
    </Button>
  );
}

/** What can be done with a client in its state. */
export function ClientActions({ of: c }: { of: Client }) {
  const navigate = useNavigate();
  const params = { path: { clientId: c.clientId } };
  return (
    <>
      {offers
        .filter((offer) => offer.from.includes(c.state))
        .map(({ move, label, says, isDangerous }) => (
          <ConfirmButton
            key={move}
            label={label}
            isDangerous={isDangerous}
            {...(isDangerous ? { reasonFor: 'It stands in the audit log, and the device shows it.' } : {})}
            act={(reason) =>
              answerOf(
                api.POST(`/operator/v1/clients/{clientId}/${move}`, {
                  params,
                  body: reason === '' ? {} : { reason },
                }),
              )
            }
          >
            <Text size="sm">
              {c.subject}: {says}
            </Text>
          </ConfirmButton>
        ))}
      <ConfirmButton
        label="Delete"
        isDangerous
        act={() => answerOf(api.DELETE('/operator/v1/clients/{clientId}', { params }))}
        onDone={() => void navigate('/clients')}
      >
        <Text size="sm">
          {c.subject} and what it has reported are deleted for good. Its key stays refused.
        </Text>
      </ConfirmButton>
      <Receipt clientId={c.clientId} />
    </>
  );
}
