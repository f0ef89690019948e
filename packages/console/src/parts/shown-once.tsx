import { Alert, Code, Group, Text } from '@mantine/core';
import { Copy } from './copy.tsx';

/** A secret that the WFM tells once. @param label what it is */
export function ShownOnce(o: { label: string; secret: string; onDone: () => void }) {
  return (
    <Alert
      color="teal"
      title={`The ${o.label}`}
      withCloseButton
      closeButtonLabel="Hide it"
      onClose={o.onDone}
    >
      <Text size="sm">It is shown this once: the WFM keeps no copy that could be read. Take it now.</Text>
      <Group gap="xs" mt="xs" wrap="nowrap" align="flex-start">
        <Code className="foreign">{o.secret}</Code>
        <Copy text={o.secret} label={o.label} />
      </Group>
    </Alert>
  );
}
