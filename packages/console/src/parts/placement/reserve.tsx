import { NumberInput, Select, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { ApiProblem, asProblem } from '../../api/problem.ts';
import { ConfirmButton } from '../confirm-button.tsx';

/** In seconds. */
const spans = [
  { value: '3600', label: 'for an hour' },
  { value: '86400', label: 'for a day' },
  { value: '604800', label: 'for a week' },
  { value: '2592000', label: 'for 30 days' },
  { value: '', label: 'until it is released' },
];
const mostAtOnce = 100;

interface Candidate {
  readonly clientId: string;
  readonly deviceId: string;
  readonly profile: string;
  readonly copies: number;
}

/** Commits the capacity of a candidate to planned copies. */
export function Reserve({ application, of: c }: { application: string; of: Candidate }) {
  const [copies, setCopies] = useState<number | string>(1);
  const [seconds, setSeconds] = useState('86400');
  // Chosen here, so that what is tried again after a lost answer is not taken twice.
  const ids = useRef<string[]>([]);
  const act = async (): Promise<void> => {
    const wanted = Number(copies);
    for (let i = 0; i < wanted; i++) {
      const reservationId = (ids.current[i] ??= crypto.randomUUID());
      const { clientId, deviceId, profile } = c;
      const until = seconds === '' ? {} : { seconds: Number(seconds) };
      const body = { application, reservationId, clientId, deviceId, profile, ...until };
      try {
        await answerOf(api.POST('/operator/v1/reservations', { body }));
      } catch (thrown) {
        const { status, body: problem } = asProblem(thrown);
        const title = `${i} of ${wanted} copies are reserved, then: ${problem.title ?? 'it did not work'}`;
        throw new ApiProblem(status, i === 0 ? problem : { ...problem, title });
      }
    }
  };
  return (
    <ConfirmButton
      label="Reserve"
      size="compact-xs"
      act={act}
      onDone={() => {
        ids.current = [];
      }}
    >
      <Stack gap="xs">
        <Text size="sm">
          Takes the capacity of <bdi>{c.profile}</bdi> on <bdi>{c.deviceId}</bdi>, so that nobody else plans
          with it. Nothing is sent to the device.
        </Text>
        <NumberInput
          label="Copies"
          description={`There is room for ${c.copies}.`}
          min={1}
          max={mostAtOnce}
          clampBehavior="strict"
          allowDecimal={false}
          value={copies}
          onChange={setCopies}
        />
        <Select
          label="How long"
          data={spans}
          value={seconds}
          allowDeselect={false}
          onChange={(v) => setSeconds(v ?? '')}
        />
      </Stack>
    </ConfirmButton>
  );
}
