import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { ConfirmButton } from './confirm-button.tsx';

const textOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');

/** Labels out of lines such as `site=plant7`. @throws ApiProblem for a line that is none */
function labelsOf(text: string): Record<string, string> {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      if (at < 1)
        throw new ApiProblem(0, {
          title: `${line} is no label`,
          detail: 'Write one as key=value on each line.',
        });
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

type LabelSet = Readonly<Record<string, string>>;

/** Sets labels: the whole set, what is left out goes. @param set does it */
export function EditLabels({
  labels,
  set,
}: {
  labels: LabelSet;
  set: (labels: LabelSet) => Promise<unknown>;
}) {
  const [text, setText] = useState<string | null>(null);
  return (
    <ConfirmButton
      label="Set labels"
      size="compact-xs"
      act={async () => set(labelsOf(text ?? textOf(labels)))}
      onDone={() => setText(null)}
    >
      <Textarea
        label="Labels"
        description="key=value, one on each line; what is left out goes"
        autosize
        minRows={4}
        value={text ?? textOf(labels)}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </ConfirmButton>
  );
}
