import { Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from './problem.tsx';

interface Column<Item> {
  readonly name: string;
  readonly cell: (item: Item) => ReactNode;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/**
 * A collection of the operator API, page after page.
 * @param o.about what is asked for: other questions have other answers
 * @param o.read one page of it
 * @param o.none said where there is nothing
 * @param o.again how often it is asked for again
 */
export function PagedTable<Item>(o: {
  about: readonly unknown[];
  label: string;
  columns: ReadonlyArray<Column<Item>>;
  idOf: (item: Item) => string;
  read: (at: { cursor?: string; limit: number }) => Promise<Page<Item>>;
  none: ReactNode;
  /** In milliseconds, for what changes without an event. */
  again?: number;
}) {
  const pages = useInfiniteQuery({
    queryKey: o.about,
    queryFn: ({ pageParam }) => o.read({ limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: o.again ?? false,
  });
  if (pages.isPending) return <Skeleton height={120} aria-label="loading" />;
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="xs">
      {pages.isError && <Problem of={pages.error} />}
      <Table.ScrollContainer minWidth={720}>
        <Table striped highlightOnHover verticalSpacing={6} aria-label={o.label}>
          <Table.Thead>
            <Table.Tr>
              {o.columns.map(({ name }) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={o.idOf(item)}>
                {o.columns.map(({ name, cell }) => (
                  <Table.Td key={name} className="foreign">
                    {cell(item)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {items.length === 0 && !pages.isError && <Text c="dimmed">{o.none}</Text>}
      <Group gap="sm">
        {items.length > 0 && (
          <Text size="sm" c="dimmed">
            {items.length}
            {pages.hasNextPage ? ' shown, there are more' : ' in all'}
          </Text>
        )}
        {pages.hasNextPage && (
          <Button
            size="compact-sm"
            variant="default"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show more
          </Button>
        )}
      </Group>
    </Stack>
  );
}
