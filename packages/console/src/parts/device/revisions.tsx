import { Anchor, Button, Code, Group, List, Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { answerOf, api } from '../../api/client.ts';
import { save } from '../../api/download.ts';
import type { Got } from '../../api/types.ts';
import { Age } from '../age.tsx';
import { Copy } from '../copy.tsx';
import { Facts } from '../facts.tsx';
import { Fingerprint } from '../fingerprint.tsx';
import { Problem } from '../problem.tsx';
import { Section } from '../section.tsx';

type Revision = Got<'/operator/v1/device-revisions/{clientId}/{deviceId}'>['items'][number];

/** Marks that turn the direction of text would let a report read as another one: they stand as JSON may write them. */
const withoutTurns = (text: string): string =>
  text.replaceAll(
    /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16)}`,
  );

/** One report, byte by byte as it was received. */
function Report({ of: r, deviceId }: { of: Revision; deviceId: string }) {
  const bytes = Uint8Array.from(atob(r.document), (c) => c.codePointAt(0) ?? 0);
  const text = new TextDecoder().decode(bytes);
  return (
    <Section
      title={`Report as received, revision ${r.revision}`}
      actions={
        <Group gap="xs">
          <Copy text={text} label="report" />
          <Button
            size="compact-xs"
            variant="default"
            onClick={() =>
              save(new Blob([bytes]), `${deviceId.replaceAll('/', '_')}-revision-${r.revision}.json`)
            }
          >
            Save
          </Button>
        </Group>
      }
    >
      <Facts
        of={[
          ['Received', <Age key="at" at={r.at} />],
          ['Shape', r.profile],
          ['Digest', <Fingerprint key="digest" of={r.digest} isWhole />],
          ['Size', `${bytes.length} bytes`],
        ]}
      />
      <Code
        block
        className="foreign"
        mah={360}
        style={{ whiteSpace: 'pre-wrap', overflow: 'auto' }}
        tabIndex={0}
        role="region"
        aria-label="Report"
      >
        {withoutTurns(text)}
      </Code>
    </Section>
  );
}

/**
 * What has changed on a device, and each report that is kept.
 * @param o.newest the revision that it is at
 * @param o.shown a revision; else the newest
 */
export function Revisions(o: {
  clientId: string;
  deviceId: string;
  newest: number;
  shown: string | undefined;
}) {
  const { clientId, deviceId } = o;
  const revisions = useQuery({
    queryKey: ['revisions', clientId, deviceId, o.newest],
    placeholderData: (before) => before,
    queryFn: () =>
      answerOf(
        api.GET('/operator/v1/device-revisions/{clientId}/{deviceId}', {
          params: { path: { clientId, deviceId } },
        }),
      ),
  });
  if (revisions.data === undefined)
    return revisions.isError ? <Problem of={revisions.error} /> : <Skeleton height={120} />;
  const { items } = revisions.data;
  const shown = o.shown === undefined ? items[0] : items.find((r) => String(r.revision) === o.shown);
  return (
    <>
      <Section title="Revisions">
        <Table.ScrollContainer minWidth={600}>
          <Table striped verticalSpacing={4} aria-label="Revisions">
            <Table.Thead>
              <Table.Tr>
                {['Revision', 'When', 'What changed', 'Shape', 'Digest', ''].map((name) => (
                  <Table.Th key={name} scope="col">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((r) => (
                <Table.Tr key={r.revision}>
                  <Table.Td>{r.revision}</Table.Td>
                  <Table.Td>
                    <Age at={r.at} />
                  </Table.Td>
                  <Table.Td className="foreign">
                    {r.change.length === 0 ? (
                      <Text size="sm" c="dimmed">
                        {r.revision === 1 ? 'the first report' : 'nothing but how it is written'}
                      </Text>
                    ) : (
                      <List size="sm" listStyleType="none">
                        {r.change.map((line) => (
                          <List.Item key={line}>{line}</List.Item>
                        ))}
                      </List>
                    )}
                  </Table.Td>
                  <Table.Td>{r.profile}</Table.Td>
                  <Table.Td>
                    <Fingerprint of={r.digest} />
                  </Table.Td>
                  <Table.Td>
                    <Anchor
                      component={Link}
                      to={`?revision=${r.revision}`}
                      size="sm"
                      preventScrollReset
                      aria-label={`report of revision ${r.revision}`}
                      {...(r === shown ? { 'aria-current': 'true' as const, fw: 700 } : {})}
                    >
                      report
                    </Anchor>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      {shown === undefined ? (
        <Text c="dimmed">Revision {o.shown} is not kept any more: the last ones are.</Text>
      ) : (
        <Report of={shown} deviceId={deviceId} />
      )}
    </>
  );
}
