import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { PlacementAnswer } from '../../api/types.ts';
import { Candidates } from './candidates.tsx';
import { Compare } from './compare.tsx';
import { NearestMisses, NotFittingDevices } from './misses.tsx';
import type { Question } from './use-question.ts';

type Answer = PlacementAnswer & { readonly whatIf?: PlacementAnswer };

function headline(a: PlacementAnswer, wanted: number): string {
  if (a.devices === 0) return 'No device is meant: none has reported, or none is left by what narrows them.';
  if (a.fitting === 0) return `It fits on none of ${a.devices} devices.`;
  const copies = a.copies === 1 ? '1 copy fits' : `${a.copies} copies fit`;
  const devices = `${a.fitting} of ${a.devices} ${a.devices === 1 ? 'device' : 'devices'}`;
  return `${copies}, on ${devices}${a.enough ? '' : `: not enough for ${wanted}`}.`;
}

/** How many copies fit, where, and what the others lack. */
export function Answer(o: { of: Answer; before: Answer | null; question: Question; application: string }) {
  const { fields, change } = o.question;
  const [isSupposed, setSupposed] = useState(false);
  const { whatIf } = o.of;
  const a = isSupposed && whatIf !== undefined ? whatIf : o.of;
  const others: Array<readonly [string, PlacementAnswer]> = [
    ...(o.before === null ? [] : [['Asked before', o.before] as const]),
    ['Now', o.of],
    ...(whatIf === undefined ? [] : [['What if', whatIf] as const]),
  ];
  const onWhy = (why: string): void => change({ why });
  const onLacking = (lacking: string | null): void => change({ lacking });
  const isMore = a.fitting > a.candidates.length || a.devices - a.fitting > a.notFitting.length;
  return (
    <Stack gap="md" component="section" aria-label="Answer">
      <Group justify="space-between">
        <Title order={2} aria-live="polite">
          {headline(a, Number(fields.count ?? 1))}
        </Title>
        {whatIf !== undefined && (
          <SegmentedControl
            size="xs"
            aria-label="Which answer is shown"
            data={[
              { value: 'now', label: 'as it is' },
              { value: 'supposed', label: 'what if' },
            ]}
            value={isSupposed ? 'supposed' : 'now'}
            onChange={(value) => setSupposed(value === 'supposed')}
          />
        )}
      </Group>
      {others.length > 1 && <Compare of={others} />}
      {a.candidates.length > 0 && (
        <>
          <Candidates of={a.candidates} application={o.application} onWhy={onWhy} />
          <Text size="xs" c="dimmed">
            Unused: the shares of free cores, memory and storage that stay unused, in thousandths, summed (0
            to 3000). The least comes first
            {fields.spread === undefined
              ? ''
              : `, the best of each ${fields.spread} before the second best of any`}
            .
          </Text>
        </>
      )}
      {a.nearestMisses.length > 0 && <NearestMisses of={a.nearestMisses} onLacking={onLacking} />}
      {a.notFitting.length > 0 && (
        <>
          <Title order={2}>Devices that do not fit, the nearest first</Title>
          <NotFittingDevices of={a.notFitting} lacking={fields.lacking} onLacking={onLacking} onWhy={onWhy} />
        </>
      )}
      {isMore && fields.all === undefined && (
        <Button w="fit-content" size="compact-sm" variant="default" onClick={() => change({ all: 'yes' })}>
          List up to 1000 of each
        </Button>
      )}
    </Stack>
  );
}
