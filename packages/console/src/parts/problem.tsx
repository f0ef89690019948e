import { Alert, List, Text } from '@mantine/core';
import { asProblem } from '../api/problem.ts';

/** What went wrong (RFC 9457): the title, what was seen and what to do, and each fault of a field. */
export function Problem({ of }: { of: unknown }) {
  const { status, body } = asProblem(of);
  return (
    <Alert color="red" role="alert" title={body.title ?? 'It did not work'} variant="light">
      {body.detail !== undefined && <Text size="sm">{body.detail}</Text>}
      {body.errors !== undefined && (
        <List size="sm" mt={4}>
          {body.errors.map(({ field, message }) => (
            <List.Item key={`${field} ${message}`}>
              <span className="mono">{field}</span> {message}
            </List.Item>
          ))}
        </List>
      )}
      {body.retryAfterSeconds !== undefined && (
        <Text size="sm">Try again in {body.retryAfterSeconds} s.</Text>
      )}
      {status > 0 && (
        <Text size="xs" c="dimmed" mt={4} className="mono">
          {status} {body.type ?? ''}
        </Text>
      )}
    </Alert>
  );
}
