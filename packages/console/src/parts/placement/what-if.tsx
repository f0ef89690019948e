import { Button, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { TextFilter } from '../filters.tsx';
import { machines } from './examples.ts';
import type { Question } from './use-question.ts';

/** What is supposed to be different: another requirement, or a machine that is not bought yet. */
export function WhatIf({ question: { fields, machine, change } }: { question: Question }) {
  const [text, setText] = useState(machine ?? '');
  useEffect(() => setText(machine ?? ''), [machine]);
  return (
    <Stack gap="xs" component="section" aria-label="What if">
      <Title order={2}>What if</Title>
      <Text size="xs" c="dimmed">
        Asked beside the question as it is; both answers are shown. Nothing is stored.
      </Text>
      <Group gap="sm" align="flex-end">
        <TextFilter
          label="It needed cores"
          hint="2.5"
          value={fields.cores}
          onChange={(cores) => change({ cores })}
        />
        <TextFilter
          label="It needed memory"
          hint="4Gi"
          value={fields.memory}
          onChange={(memory) => change({ memory })}
        />
        <TextFilter
          label="It needed storage"
          hint="20Gi"
          value={fields.storage}
          onChange={(storage) => change({ storage })}
        />
      </Group>
      <Textarea
        label="There was this machine as well"
        description="its capabilities in JSON, as it would report them"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={200_000}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          size="compact-xs"
          variant="light"
          disabled={text.trim() === (machine ?? '').trim()}
          onClick={() => change({ machine: text.trim() }, true)}
        >
          Suppose it
        </Button>
        {machines.map((example) => (
          <Button
            key={example.name}
            size="compact-xs"
            variant="default"
            onClick={() => change({ machine: example.text }, true)}
          >
            {example.name}
          </Button>
        ))}
        {machine !== null && (
          <Button size="compact-xs" variant="subtle" onClick={() => change({ machine: null }, true)}>
            Without it
          </Button>
        )}
      </Group>
    </Stack>
  );
}
