import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Button,
  Group,
  NavLink,
  Text,
  Tooltip,
  useMantineColorScheme,
  useComputedColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { signOut } from '../api/session.ts';
import { useLive } from '../api/use-live.ts';
import { useOperator } from '../api/use-operator.ts';
import { pages } from '../pages.ts';

/** Whether what is on the screen follows what happens. */
function LiveMark({ isConnected }: { isConnected: boolean }) {
  const why = isConnected
    ? 'What you see follows what happens.'
    : 'No events arrive: what you see may be old. The connection is tried again every 2 s.';
  return (
    <Tooltip label={why}>
      <Badge color={isConnected ? 'teal' : 'yellow'} variant="dot" role="status">
        {isConnected ? 'live' : 'offline'}
      </Badge>
    </Tooltip>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="default"
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? '☀' : '☾'}
    </ActionIcon>
  );
}

function WhoIsSignedIn() {
  const operator = useOperator();
  return (
    <Group gap="xs" wrap="nowrap">
      {operator !== undefined && (
        <Text size="sm" truncate maw={180} visibleFrom="sm">
          {operator.name}{' '}
          <Text span c="dimmed">
            ({operator.role})
          </Text>
        </Text>
      )}
      <Button size="compact-sm" variant="default" onClick={() => signOut()}>
        Sign out
      </Button>
    </Group>
  );
}

function Navigation({ onGo }: { onGo: () => void }) {
  const { pathname } = useLocation();
  const waiting = useQuery({
    queryKey: ['summary'],
    queryFn: () => answerOf(api.GET('/operator/v1/summary')),
  });
  const pending = waiting.data?.enrollments.pending ?? 0;
  return pages.map(({ path, label }) => {
    if (label === null) return null;
    const isHere =
      path === '' ? pathname === '/' : pathname === `/${path}` || pathname.startsWith(`/${path}/`);
    return (
      <NavLink
        key={path}
        component={Link}
        to={`/${path}`}
        label={label}
        active={isHere}
        {...(isHere ? { 'aria-current': 'page' as const } : {})}
        onClick={onGo}
        rightSection={
          path === 'enrollments' && pending > 0 ? (
            <Badge size="sm" color="orange" aria-label={`${pending} wait`}>
              {pending}
            </Badge>
          ) : null
        }
      />
    );
  });
}

/** Around every page: where one can go, who is signed in, and whether events arrive. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const isConnected = useLive();
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 190, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Navigation"
              aria-expanded={isOpen}
            />
            <Text fw={700}>Muster</Text>
            <LiveMark isConnected={isConnected} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeSwitch />
            <WhoIsSignedIn />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <Navigation onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
