import { Group, Skeleton, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import type { Got } from '../../api/types.ts';
import { narrowingBy, termsOf, toggled } from './facet-terms.ts';

type Counts = Got<'/operator/v1/device-facets'>;

interface Narrowed {
  readonly selector?: string;
  readonly text?: string;
}
type Set = (name: 'selector' | 'text', value: string) => void;

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

function Value(o: { facet: string; value: string; devices: number; narrowed: Narrowed; set: Set }) {
  const narrowing = narrowingBy(o.facet, o.value);
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
  if (narrowing === null) return count;
  const isOn =
    'selector' in narrowing
      ? termsOf(o.narrowed.selector ?? '').includes(narrowing.selector)
      : o.narrowed.text === narrowing.text;
  return (
    <Tooltip
      label={'selector' in narrowing ? narrowing.selector : `by the text ${narrowing.text}`}
      openDelay={400}
      multiline
      maw={320}
      className="foreign"
    >
      <UnstyledButton
        w="100%"
        px={4}
        aria-pressed={isOn}
        aria-label={`${names[o.facet]} ${o.value}: ${o.devices}`}
        style={{ borderRadius: 4, ...(isOn ? { background: 'var(--mantine-primary-color-light)' } : {}) }}
        onClick={() =>
          'selector' in narrowing
            ? o.set('selector', toggled(o.narrowed.selector ?? '', narrowing.selector))
            : o.set('text', isOn ? '' : narrowing.text)
        }
      >
        {count}
      </UnstyledButton>
    </Tooltip>
  );
}

function Facet(o: { facet: string; values: Counts['facets'][string]; narrowed: Narrowed; set: Set }) {
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
          narrowed={o.narrowed}
          set={o.set}
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
export function Facets({ of, narrowed, set }: { of: Counts | undefined; narrowed: Narrowed; set: Set }) {
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
            <Facet key={facet} facet={facet} values={values} narrowed={narrowed} set={set} />
          ))}
      </Stack>
    </details>
  );
}
