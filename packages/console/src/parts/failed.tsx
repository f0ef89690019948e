import { Button, Stack } from '@mantine/core';
import { useRouteError } from 'react-router';
import { asProblem, ApiProblem } from '../api/problem.ts';
import { Problem } from './problem.tsx';

/** In the place of a page that could not be loaded or shown. */
export function Failed() {
  const thrown = useRouteError();
  const { message } = asProblem(thrown);
  return (
    <Stack p="md" maw={640}>
      <Problem of={new ApiProblem(0, { title: 'This page could not be shown', detail: message })} />
      <Button w="fit-content" onClick={() => location.reload()}>
        Load it again
      </Button>
    </Stack>
  );
}
