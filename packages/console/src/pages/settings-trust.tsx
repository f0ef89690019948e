import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import { save } from '../api/download.ts';
import { Age } from '../parts/age.tsx';
import { Facts } from '../parts/facts.tsx';
import { Problem } from '../parts/problem.tsx';
import { SettingsPage } from '../parts/settings-page.tsx';
import { TrustActions } from '../parts/trust-actions.tsx';

/** The root CA that devices are given. */
export function Trust() {
  const { data, error } = useQuery({
    queryKey: ['trust'],
    queryFn: () => answerOf(api.GET('/operator/v1/trust')),
  });
  return (
    <SettingsPage tab="trust" about="The root CA by which devices know this WFM" twin="/trust">
      {error !== null && <Problem of={error} />}
      {data === undefined ? (
        error === null && <Skeleton height={200} />
      ) : (
        <Stack align="flex-start">
          {data.certificates.map((c) => (
            <Facts
              key={c.pin}
              of={[
                ['Root CA', c.subject],
                [
                  'Fingerprint',
                  <span key="pin" className="mono">
                    {c.pin}
                  </span>,
                ],
                ['Valid since', <Age key="since" at={c.notBefore} />],
                ['Valid until', <Age key="until" at={c.notAfter} />],
              ]}
            />
          ))}
          <Facts
            of={[
              ['Rotation', data.stage === 'none' ? 'none under way' : data.stage],
              ['Clients without the other one', data.lacking.count],
              [
                'Audit signer',
                <span key="signer" className="mono">
                  {data.auditSigner}
                </span>,
              ],
            ]}
          />
          <Group gap="xs">
            {' '}
            <Button
              size="compact-sm"
              onClick={() => save(new Blob(data.certificates.map((c) => c.pem)), 'root-ca.pem')}
            >
              Download PEM
            </Button>
            <TrustActions of={data} />
          </Group>
        </Stack>
      )}
    </SettingsPage>
  );
}
