import { Autocomplete, Group, NumberInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { TextFilter } from '../filters.tsx';
import type { Question } from './use-question.ts';

/** Names of the labels that there are: a device is spread by one of these. */
function useLabelNames(): string[] {
  const { data } = useQuery({
    queryKey: ['device-count'],
    queryFn: () => answerOf(api.GET('/operator/v1/device-facets')),
  });
  const names = (data?.facets['label'] ?? []).map(({ value }) => value.split('=', 1)[0] ?? '');
  return [...new Set(names)].filter((name) => name !== 'gateway');
}

/** Which devices are meant, how many copies, and in which order. */
export function Narrow({ question: { fields, change } }: { question: Question }) {
  const names = useLabelNames();
  const later = useDebouncedCallback((part: Parameters<typeof change>[0]) => change(part), 400);
  return (
    <Group gap="sm" align="flex-end" role="search">
      <TextFilter
        label="Selector"
        hint="site=plant7, /memory>4Gi"
        value={fields.selector}
        onChange={(selector) => change({ selector })}
      />
      <TextFilter label="Free text" value={fields.text} onChange={(text) => change({ text })} />
      <NumberInput
        key={fields.count ?? ''}
        label="Copies"
        size="xs"
        w={90}
        min={1}
        max={1_000_000}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        defaultValue={fields.count === undefined ? 1 : Number(fields.count)}
        onChange={(count) => later({ count: count === 1 ? null : String(count) })}
      />
      <Autocomplete
        label="Spread by"
        size="xs"
        w={150}
        placeholder="least waste first"
        data={['gateway', ...names]}
        defaultValue={fields.spread ?? ''}
        maxLength={128}
        onChange={(spread) => later({ spread })}
      />
      {fields.device !== undefined && (
        <TextFilter label="Device" value={fields.device} onChange={(device) => change({ device })} />
      )}
    </Group>
  );
}
