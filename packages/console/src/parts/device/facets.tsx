import { Group, Skeleton, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import type { Got } from '../../api/types.ts';
import { termOf, termsOf, toggled } from './facet-terms.ts';

type Counts = Got<'/operator/v1/device-facets'>;

type Select = (selector: string) => void;

const names: Readonly<Record<string, string>> = {
  vendor: 'Vendor',
  architecture: 'Architecture',
  runtime: 'Runtime',
  deploymentType: 'Deployment type',
  peripheral: 'Peripheral',
  label: 'Label',
  lastSeen: 'Last seen',
};
const few = 8;

function Value(o: { facet: string; value: string; devices: number; selector: string; select: Select }) {
  const term = termOf(o.facet, o.value);
  const count = (
    <Group gap="xs" wrap="nowrap" justify="space-between" align="flex-start">
      <Text span size="sm" className="foreign" lineClamp={2} dir="auto">
        {o.value === '' ? '(none)' : o.value}
      </Text>
      <Text span size="sm" c="dimmed">
        {o.devices}
      </Text>
    </Group>
  );
  if (term === null) return <div style={{ paddingInline: 4 }}>{count}</div>;
  const isOn = termsOf(o.selector).includes(term);
  return (
    <Tooltip label={term} openDelay={400} multiline maw={320} className="foreign">
      <UnstyledButton
        w="100%"
        px={4}
        aria-pressed={isOn}
        aria-label={`${names[o.facet]} ${o.value}: ${o.devices}`}
        style={{ borderRadius: 4, ...(isOn ? { background: 'var(--mantine-primary-color-light)' } : {}) }}
        onClick={() => o.select(toggled(o.selector, term))}
      >
        {count}
      </UnstyledButton>
    </Tooltip>
  );
}

function Facet(o: { facet: string; values: Counts['facets'][string]; selector: string; select: Select }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? o.values : o.values.slice(0, few);
  return (
    <Stack gap={2} role="group" aria-label={names[o.facet] ?? o.facet}>
      <Text size="xs" fw={600} c="dimmed">
        {names[o.facet] ?? o.facet}
      </Text>
      {shown.map(({ value, devices }) => (
        <Value
          key={value}
          facet={o.facet}
          value={value}
          devices={devices}
          selector={o.selector}
          select={o.select}
        />
      ))}
      {shown.length < o.values.length && (
        <UnstyledButton px={4} onClick={() => setWhole(true)}>
          <Text size="xs" td="underline">
            {o.values.length - shown.length} more
          </Text>
        </UnstyledButton>
      )}
    </Stack>
  );
}

/** Counts of the devices that are found; a click narrows by a value, and another one takes that back. */
export function Facets({
  of,
  selector,
  select,
}: {
  of: Counts | undefined;
  selector: string;
  select: Select;
}) {
  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  if (of === undefined) return <Skeleton height={200} />;
  return (
    <details open={isWide}>
      <Text component="summary" size="sm" fw={600} mb="xs" style={{ cursor: 'pointer' }}>
        Narrow by
      </Text>
      <Stack gap="sm">
        {Object.entries(of.facets)
          .filter(([, values]) => values.length > 0)
          .map(([facet, values]) => (
            <Facet key={facet} facet={facet} values={values} selector={selector} select={select} />
          ))}
      </Stack>
    </details>
  );
}
