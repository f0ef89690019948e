import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { ClientLink } from './device/device-link.tsx';
import { addressOf } from './device/model.ts';

const id = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';
const isId = new RegExp(`^${id}$`);
const isDevice = new RegExp(`^(${id})/(.+)$`, 's');

/** Where what an entry is about has a page; null where it has none. @param action decides what a bare id is of */
function pageOf(action: string, subject: string): string | null {
  if (isId.test(subject))
    return `/${action.startsWith('enrollment.') ? 'enrollments' : 'clients'}/${subject}`;
  const [, clientId, deviceId] = isDevice.exec(subject) ?? [];
  return clientId === undefined || deviceId === undefined ? null : addressOf(clientId, deviceId);
}

interface Entry {
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What an entry of the audit log is about, with the way to it, and to its client where that is another page. */
export function AuditSubject({ of: { action, subject, detail } }: { of: Entry }) {
  const page = pageOf(action, subject);
  const { clientId } = detail;
  return (
    <>
      {page === null ? (
        <span className="mono">{subject}</span>
      ) : (
        <Anchor component={Link} to={page} size="sm" className="mono">
          {subject}
        </Anchor>
      )}
      {typeof clientId === 'string' && isId.test(clientId) && clientId !== subject && (
        <Text size="xs" c="dimmed">
          client <ClientLink clientId={clientId} />
        </Text>
      )}
    </>
  );
}
