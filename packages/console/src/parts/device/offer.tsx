import { List, Text } from '@mantine/core';
import { Facts } from '../facts.tsx';
import { Section } from '../section.tsx';
import { cpuTexts, type DeviceModel, type Peripheral } from './model.ts';

function Lines({ of, none }: { of: readonly string[]; none: string }) {
  if (of.length === 0) return <Text c="dimmed">{none}</Text>;
  return (
    <List size="sm" listStyleType="none">
      {of.map((line, i) => (
        <List.Item key={`${i} ${line}`}>{line}</List.Item>
      ))}
    </List>
  );
}

const peripheralText = ({ type, manufacturer, model }: Peripheral): string =>
  [type, manufacturer, model].filter((part) => part !== undefined).join(' ');

/** What a device offers to workloads, as its last report says. */
export function Offer({ of }: { of: DeviceModel }) {
  const h = of.hosting;
  return (
    <Section title="What it offers">
      {h === undefined ? (
        <Text>It takes no workloads: it is a gateway that only relays.</Text>
      ) : (
        <Facts
          of={[
            ['CPUs', <Lines key="cpus" of={cpuTexts(of).map((text) => `${text} cores`)} none="none" />],
            ['Memory', h.memory.text],
            ['Storage', h.storage.text],
            ['Peripherals', <Lines key="p" of={h.peripherals.map(peripheralText)} none="none" />],
            ['Interfaces', h.interfaces.map(({ type }) => type).join(', ') || 'none'],
            ['Runtimes', h.runtimes.join(', ') || 'none'],
            ['Deployment types', h.deploymentTypes.join(', ') || 'none'],
            ['OTel collector', h.otelCollector === undefined ? 'not said' : h.otelCollector ? 'yes' : 'no'],
            ...(of.roles === undefined ? [] : [['Roles', of.roles.join(', ')] as const]),
            ...Object.entries(of.extensions ?? {}).map(
              ([name, value]) =>
                [
                  name,
                  <span key={name} className="mono">
                    {JSON.stringify(value)}
                  </span>,
                ] as const,
            ),
          ]}
        />
      )}
    </Section>
  );
}
