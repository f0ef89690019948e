import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { download, save } from '../../api/download.ts';
import { queryText } from '../api-twin.tsx';
import { Problem } from '../problem.tsx';

type Format = 'csv' | 'jsonl';
const [newline, quote] = [10, 34];

/** Counts records as they come. In CSV a line may end within quotes (RFC 4180), and the first line is the names. */
function counting(format: Format): (part: Uint8Array) => number {
  let records = format === 'csv' ? -1 : 0;
  let isQuoted = false;
  return (part) => {
    for (const byte of part)
      if (byte === newline && !isQuoted) records++;
      else if (byte === quote && format === 'csv') isQuoted = !isQuoted;
    return records;
  };
}

/** Saves all devices of a view, in its order, not only those on the screen. @param asked what the view is asked for */
export function ExportDevices({ asked }: { asked: Readonly<Record<string, string | undefined>> }) {
  const [sofar, setSofar] = useState(0);
  const saving = useMutation({
    mutationFn: async (format: Format) => {
      const count = counting(format);
      let records = 0;
      setSofar(0);
      const file = await download(`/device-export${queryText({ ...asked, format })}`, (part) => {
        records = count(part);
        setSofar(Math.max(0, records));
      });
      save(file, `devices.${format}`);
      return { records, format };
    },
  });
  const button = (format: Format, label: string) => (
    <Button
      size="compact-xs"
      variant="default"
      loading={saving.isPending && saving.variables === format}
      disabled={saving.isPending}
      onClick={() => saving.mutate(format)}
    >
      {label}
    </Button>
  );
  return (
    <>
      <Group gap="xs">
        <Text size="sm" c="dimmed" role="status">
          {saving.isPending && `${sofar} devices so far …`}
          {saving.data !== undefined &&
            `${saving.data.records} ${saving.data.records === 1 ? 'device' : 'devices'} saved as devices.${saving.data.format}`}
        </Text>
        {button('csv', 'Export CSV')}
        {button('jsonl', 'Export JSON Lines')}
      </Group>
      {saving.isError && <Problem of={saving.error} />}
    </>
  );
}
