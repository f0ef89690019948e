import { Group, Tooltip } from '@mantine/core';
import { Copy } from './copy.tsx';

/** `sha256:…` by its beginning; whole when one points at it, or where there is room. */
export function Fingerprint({ of, isWhole = false }: { of: string; isWhole?: boolean }) {
  if (isWhole)
    return (
      <Group gap="xs" component="span">
        <span className="mono foreign">{of}</span>
        <Copy text={of} label="fingerprint" />
      </Group>
    );
  return (
    <Tooltip label={<span className="mono">{of}</span>} multiline maw={320}>
      <span className="mono whole">{of.replace(/^sha256:/, '').slice(0, 12)}</span>
    </Tooltip>
  );
}
