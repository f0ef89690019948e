import { Alert, Anchor, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { api, answerOf } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { signIn } from '../api/session.ts';

/** Takes a token that the WFM knows; one that it does not know leaves nothing behind. */
export function SignIn({ reason }: { reason: string | null }) {
  const [token, setToken] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const given = token.trim();
    setAsking(true);
    try {
      await answerOf(api.GET('/operator/v1/whoami', { headers: { authorization: `Bearer ${given}` } }));
      signIn(given);
    } catch (thrown) {
      setRefused(asProblem(thrown).message);
    } finally {
      setAsking(false);
    }
  }

  const why = refused ?? reason;
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w={460} maw="100%">
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <Title order={1}>Sign in to Muster</Title>
            {why !== null && (
              <Alert color="red" title="You are not signed in" role="alert">
                {why}
              </Alert>
            )}
            <PasswordInput
              label="Operator token"
              description="It stays in this browser tab, and is forgotten when the tab is closed."
              placeholder="muster_…"
              autoComplete="off"
              autoFocus
              required
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
            />
            <Button type="submit" loading={isAsking} disabled={token.trim() === ''}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              On the machine of the WFM, <Code>npx muster console</Code> prints a link that signs you in. A
              token is in <Code>operator-token</Code> of its data folder; others are made by{' '}
              <Code>muster tokens create NAME</Code>. What is behind this page:{' '}
              <Anchor href="/operator/v1/openapi.json">the operator API</Anchor>.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
