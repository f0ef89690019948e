import { Button, CopyButton } from '@mantine/core';

/** Puts a text on the clipboard. @param label what is copied, for who cannot see it */
export function Copy({ text, label }: { text: string; label: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="default" onClick={copy} aria-label={`Copy ${label}`}>
          {copied ? 'copied' : 'copy'}
        </Button>
      )}
    </CopyButton>
  );
}
