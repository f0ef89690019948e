import { Button, Code, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { Age } from '../parts/age.tsx';
import { Facts } from '../parts/facts.tsx';
import { Page } from '../parts/page.tsx';
import { DeviceName } from '../parts/placement/device-name.tsx';
import { RemoveRequirement } from '../parts/placement/remove-requirement.tsx';
import { addressOfText } from '../parts/placement/texts.ts';
import { Problem } from '../parts/problem.tsx';
import { Section } from '../parts/section.tsx';

interface Lacking {
  readonly clientId: string;
  readonly deviceId: string;
  readonly lacks: readonly string[];
}

function NotFitting({ of }: { of: readonly Lacking[] }) {
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table striped layout="fixed" verticalSpacing={6} aria-label="Devices that cannot host it">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" w="35%">
              Device
            </Table.Th>
            <Table.Th scope="col">Lacks</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.map((d) => (
            <Table.Tr key={`${d.clientId}/${d.deviceId}`}>
              <Table.Td>
                <DeviceName clientId={d.clientId} deviceId={d.deviceId} />
              </Table.Td>
              <Table.Td className="foreign">{d.lacks.join('; ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** One requirement: who meets it, and what the others lack. */
export function RequirementPage() {
  const { name = '' } = useParams();
  const navigate = useNavigate();
  const { data: r, error } = useQuery({
    queryKey: ['requirement', name],
    queryFn: () => answerOf(api.GET('/operator/v1/requirements/{name}', { params: { path: { name } } })),
  });
  const twin = `/requirements/${encodeURIComponent(name)}`;
  if (r === undefined)
    return (
      <Page title={name} twin={twin}>
        {error === null ? <Skeleton height={200} aria-label="loading" /> : <Problem of={error} />}
      </Page>
    );
  const selector = r.selector === '' ? '' : `&selector=${encodeURIComponent(r.selector)}`;
  const lacking = r.devices - r.fitting;
  return (
    <Page
      title={r.name}
      about="A requirement: whether devices can host an application, wherever it runs"
      twin={twin}
      actions={
        <>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => void navigate(`/placement?${addressOfText('application', r.document)}${selector}`)}
          >
            Who can host it
          </Button>
          <RemoveRequirement name={r.name} onDone={() => void navigate('/requirements')} />
        </>
      }
    >
      {error !== null && <Problem of={error} />}
      <Facts
        of={[
          ['Met by', `${r.fitting} of ${r.devices} devices that are meant`],
          ['Application', <bdi key="application">{r.application}</bdi>],
          [
            'Of',
            <span key="selector" className="mono">
              {r.selector === '' ? 'all devices' : r.selector}
            </span>,
          ],
          ...(r.target === null ? [] : [['Device', <bdi key="target">{r.target}</bdi>] as const]),
          [
            'Required',
            <span key="at">
              <Age at={r.createdAt} /> by <bdi>{r.createdBy}</bdi>
            </span>,
          ],
        ]}
      />
      <Section title="Devices that cannot host it">
        {lacking === 0 ? (
          <Text c="dimmed">
            {r.devices === 0 ? 'No device is meant.' : 'Every device that is meant can.'}
          </Text>
        ) : (
          <>
            <NotFitting of={r.notFitting} />
            {lacking > r.notFitting.length && (
              <Text size="sm" c="dimmed">
                The nearest {r.notFitting.length} of {lacking}.
              </Text>
            )}
          </>
        )}
        <Text size="sm">
          An alert is raised when one that could no longer can: <Link to="/drift-alerts">drift alerts</Link>.
        </Text>
      </Section>
      <Title order={2}>The application as it was given</Title>
      <Code block mah={320} style={{ overflow: 'auto' }}>
        {r.document}
      </Code>
    </Page>
  );
}
