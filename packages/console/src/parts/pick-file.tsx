import { Button, FileButton, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem.ts';
import { Problem } from './problem.tsx';

/**
 * A button that asks for a file, says which one it was, and refuses one that the API would not take before it is read.
 * @param o.accept endings of names, with commas
 */
export function PickFile(o: {
  label: string;
  accept: string;
  maxBytes: number;
  onPick: (file: File) => Promise<void>;
}) {
  const picking = useMutation({
    mutationFn: async (file: File) => {
      if (file.size > o.maxBytes)
        throw new ApiProblem(0, {
          title: 'The file is too large',
          detail: `${file.name} has ${file.size} bytes; up to ${o.maxBytes} are taken. Choose another file.`,
        });
      await o.onPick(file);
      return file.name;
    },
  });
  return (
    <>
      <Group gap="xs">
        <FileButton accept={o.accept} onChange={(file) => file !== null && picking.mutate(file)}>
          {(props) => (
            <Button {...props} size="compact-sm" variant="default">
              {o.label}
            </Button>
          )}
        </FileButton>
        <Text size="sm">{picking.data}</Text>
      </Group>
      {picking.isError && <Problem of={picking.error} />}
    </>
  );
}
