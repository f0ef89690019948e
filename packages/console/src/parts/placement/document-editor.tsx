import { Anchor, Grid, List, Stack, Text } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import type { Fault } from '../../api/problem.ts';

/** As in style.css. */
const lineHeight = 18;

/** Where a line begins and ends. @param line from 1 */
function spanOf(text: string, line: number): readonly [number, number] {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return [start, end < 0 ? text.length : end];
}

/** Numbers of lines, with a mark where something is wrong. */
function gutterOf(text: string, faults: readonly Fault[]): string {
  const wrong = new Set(faults.map(({ line }) => line));
  return text
    .split('\n')
    .map((_, i) => (wrong.has(i + 1) ? `● ${i + 1}` : String(i + 1)))
    .join('\n');
}

/**
 * A document as text, with what is wrong in it beside it; a click jumps there.
 * @param o.children beside the text, after what is wrong
 * @param o.below under the text
 * @param o.onAsk called for Ctrl+Enter
 */
export function DocumentEditor(o: {
  label: string;
  value: string;
  faults: readonly Fault[];
  onChange: (text: string) => void;
  onAsk?: () => void;
  below: ReactNode;
  children?: ReactNode;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const jump = (line: number): void => {
    const at = area.current;
    if (at === null) return;
    at.focus();
    at.setSelectionRange(...spanOf(at.value, line));
    at.scrollTop = Math.max(0, (line - 4) * lineHeight);
  };
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <div className="editor">
          <div className="gutter" aria-hidden>
            <pre ref={gutter}>{gutterOf(o.value, o.faults)}</pre>
          </div>
          <textarea
            ref={area}
            aria-label={o.label}
            aria-invalid={o.faults.length > 0}
            placeholder="Paste an ApplicationDescription, an ApplicationDeployment, or requirements: YAML or JSON"
            spellCheck={false}
            wrap="off"
            rows={18}
            value={o.value}
            onChange={(event) => o.onChange(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) o.onAsk?.();
            }}
            onScroll={(event) => {
              if (gutter.current !== null)
                gutter.current.style.transform = `translateY(${-event.currentTarget.scrollTop}px)`;
            }}
          />
        </div>
        {o.below}
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        {o.faults.length > 0 && (
          <Stack gap={4} component="section" aria-label="What is wrong" mb="md">
            <Text size="sm" fw={600} c="red">
              {o.faults.length === 1 ? 'One thing is wrong' : `${o.faults.length} things are wrong`}
            </Text>
            <List size="sm" listStyleType="none" spacing={4} mah={300} style={{ overflow: 'auto' }}>
              {o.faults.map((fault) => (
                <List.Item key={JSON.stringify(fault)} className="foreign">
                  {fault.line !== undefined && (
                    <Anchor component="button" type="button" size="sm" onClick={() => jump(fault.line ?? 1)}>
                      line {fault.line}
                    </Anchor>
                  )}{' '}
                  <span className="mono">{fault.field}</span> {fault.message}
                </List.Item>
              ))}
            </List>
          </Stack>
        )}
        {o.children}
      </Grid.Col>
    </Grid>
  );
}
