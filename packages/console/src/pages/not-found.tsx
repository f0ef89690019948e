import { Anchor, Text } from '@mantine/core';
import { Link, useLocation } from 'react-router';
import { Page } from '../parts/page.tsx';

/** For addresses that are no page's. */
export function NotFound() {
  const { pathname } = useLocation();
  return (
    <Page title="There is no such page" twin="/openapi.json">
      <Text className="foreign">
        Nothing is at {pathname}.{' '}
        <Anchor component={Link} to="/">
          Go to the overview.
        </Anchor>
      </Text>
    </Page>
  );
}
