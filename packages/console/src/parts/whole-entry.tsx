import { Button, Code, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Copy } from './copy.tsx';

/** Something whole, as it was written, one click away. @param label what it is, for the button and the title */
export function WholeEntry({ label, of }: { label: string; of: unknown }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const text = JSON.stringify(of, null, 2);
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={label} size="lg">
        <Stack align="flex-start">
          <Code block className="foreign" w="100%" style={{ whiteSpace: 'pre-wrap' }}>
            {text}
          </Code>
          <Copy text={text} label={label} />
        </Stack>
      </Modal>
    </>
  );
}
