import { Card, Code, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import encodeQR from 'qr';
import { answerOf, api } from '../api/client.ts';
import { Copy } from '../parts/copy.tsx';
import { Facts } from '../parts/facts.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';

/** A line to paste somewhere. */
function Line({ text, label }: { text: string; label: string }) {
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Code block className="foreign" style={{ whiteSpace: 'pre-wrap', flex: 1 }}>
        {text}
      </Code>
      <Copy text={text} label={label} />
    </Group>
  );
}

/** How a device finds this WFM and knows it again. */
export function Join() {
  const { data, error } = useQuery({
    queryKey: ['join-string'],
    queryFn: () => answerOf(api.GET('/operator/v1/join-string')),
  });
  return (
    <Page
      title="Join a device"
      about="The join string says where this WFM is and which root CA it has. It is no secret: it lets nobody in."
      twin="/join-string"
    >
      {error !== null && <Problem of={error} />}
      {data === undefined ? (
        error === null && <Skeleton height={200} />
      ) : (
        <Group align="flex-start" gap="lg">
          <Stack flex={1} miw={280}>
            <Title order={2}>On the device</Title>
            <Line text={`muster device join ${data.joinString}`} label="command" />
            <Text size="sm">
              It makes a key, shows pairing words, and waits. The request appears under Enrollments by itself.
            </Text>
            <Title order={2}>The join string alone</Title>
            <Line text={data.joinString} label="join string" />
            <Facts
              of={[
                ['Addresses', data.urls.map((url) => <div key={url}>{url}</div>)],
                [
                  'Root CA',
                  data.pins.map((pin) => (
                    <div key={pin} className="mono">
                      {pin}
                    </div>
                  )),
                ],
              ]}
            />
          </Stack>
          <Card withBorder padding="xs" bg="white">
            <img
              width={240}
              height={240}
              alt="The join string as a QR code"
              src={`data:image/svg+xml,${encodeURIComponent(encodeQR(data.joinString, 'svg'))}`}
            />
          </Card>
        </Group>
      )}
    </Page>
  );
}
