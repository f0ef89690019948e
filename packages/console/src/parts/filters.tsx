import { Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useEffect, useState } from 'react';

/** The filters of a list, beside each other. */
export function Filters({ children }: { children: ReactNode }) {
  return (
    <Group gap="sm" align="flex-end" role="search">
      {children}
    </Group>
  );
}

/** A filter by text, which takes effect when one pauses. */
export function TextFilter(o: {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
  hint?: string;
  /** In pixels, where there is room. */
  width?: number;
}) {
  const [text, setText] = useState(o.value ?? '');
  // The address may change by itself: back, or another link to this page.
  useEffect(() => setText(o.value ?? ''), [o.value]);
  const change = useDebouncedCallback(o.onChange, 300);
  return (
    <TextInput
      label={o.label}
      size="xs"
      placeholder={o.hint ?? ''}
      {...(o.width === undefined ? {} : { w: o.width })}
      maw="100%"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        change(event.currentTarget.value);
      }}
    />
  );
}

/** A filter, or an order, out of a few words. @param any what none of them is called */
export function ChoiceFilter(o: {
  label: string;
  any: string;
  choices: ReadonlyArray<{ readonly value: string; readonly label: string }>;
  value: string | undefined;
  onChange: (value: string | null) => void;
}) {
  return (
    <Select
      label={o.label}
      size="xs"
      w={190}
      data={[{ value: '', label: o.any }, ...o.choices]}
      value={o.value ?? ''}
      onChange={(value) => o.onChange(value)}
      allowDeselect={false}
    />
  );
}
