import { Alert, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { base64Of } from './file-text.ts';
import { PickFile } from './pick-file.tsx';

const became = {
  stored: 'The list is stored',
  unchanged: 'This list was there already',
  older: 'There is a newer list; it stays',
};

/** A revocation list, and what came of it. */
function Revoke({ name }: { name: string }) {
  const [crl, setCrl] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  return (
    <Stack gap={4}>
      <ConfirmButton
        label="Revocation list"
        size="compact-xs"
        act={async () => {
          if (crl === null)
            throw new ApiProblem(0, { title: 'No file was chosen', detail: 'Choose a revocation list.' });
          const got = await answerOf(
            api.POST('/operator/v1/device-authorities/{name}/crl', {
              params: { path: { name } },
              body: { crl },
            }),
          );
          setDone(
            `${became[got.result]}: ${got.entries} revoked, ${got.blocked.length} clients blocked by it.`,
          );
        }}
        onDone={() => setCrl(null)}
      >
        <Stack gap="xs">
          <Text size="sm">
            The list of a CA of {name} decides at once: active clients that it names are blocked.
          </Text>
          {/* Base64 makes four characters of three bytes. */}
          <PickFile
            label="Choose a file"
            accept=".crl,.pem,.der"
            maxBytes={18 * 1024 * 1024}
            onPick={async (file) => setCrl(await base64Of(file))}
          />
        </Stack>
      </ConfirmButton>
      {done !== null && (
        <Alert role="status" p="xs" color="teal" withCloseButton onClose={() => setDone(null)}>
          {done}
        </Alert>
      )}
    </Stack>
  );
}

/** What can be done with a group of device CAs. */
export function DeviceCaActions({ name }: { name: string }) {
  return (
    <Group gap="xs" align="flex-start">
      <Revoke name={name} />
      <ConfirmButton
        label="Remove"
        size="compact-xs"
        needs="admin"
        isDangerous
        act={() =>
          answerOf(api.DELETE('/operator/v1/device-authorities/{name}', { params: { path: { name } } }))
        }
      >
        <Text size="sm">
          Devices of {name} are known by it no more, and its revocation lists are gone. Clients that came in
          by it stay. Rules that speak of it must be changed first.
        </Text>
      </ConfirmButton>
    </Group>
  );
}
