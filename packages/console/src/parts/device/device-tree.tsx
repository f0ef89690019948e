import { Anchor, Badge, Group, List, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Device, Got } from '../../api/types.ts';
import { cpuTexts, addressOf, modelOf } from './model.ts';

export type TreeNode = Got<'/operator/v1/device-tree/{clientId}'>['devices'][number];

/** All that is behind a device, at whatever depth. */
export const countBehind = (node: TreeNode): number =>
  node.children.reduce((sum, child) => sum + (child.reported ? 1 : 0) + countBehind(child), 0);

function About({ node, device }: { node: TreeNode; device: Device | undefined }) {
  if (!node.reported) return <Text c="dimmed">has reported nothing itself</Text>;
  const model = device === undefined ? undefined : modelOf(device);
  const behind = countBehind(node);
  return (
    <>
      {behind > 0 && (
        <Badge variant="light" size="sm">
          see-thru gateway, {behind} behind it
        </Badge>
      )}
      {model !== undefined && (
        <Text size="sm" c="dimmed" className="foreign" lineClamp={2}>
          <bdi>{model.vendor}</bdi> <bdi>{model.modelNumber}</bdi>
          {model.hosting === undefined
            ? ' · relays only'
            : ` · ${cpuTexts(model).join(' + ')} · ${model.hosting.memory.text}`}
        </Text>
      )}
    </>
  );
}

/**
 * Gateways with what is behind them.
 * @param o.devices what is known of them, by their ids
 * @param o.here the device whose page this is
 */
export function DeviceTree(o: {
  clientId: string;
  nodes: readonly TreeNode[];
  devices: ReadonlyMap<string, Device>;
  here?: string;
}) {
  return (
    <List listStyleType="none" withPadding={false} spacing={4} size="sm">
      {o.nodes.map((node) => {
        const name = node.deviceId.split('/').at(-1) ?? '';
        return (
          <List.Item key={node.deviceId}>
            <Group gap="xs" align="baseline">
              {node.reported && node.deviceId !== o.here ? (
                <Anchor component={Link} to={addressOf(o.clientId, node.deviceId)} className="foreign">
                  {name}
                </Anchor>
              ) : (
                <Text
                  className="foreign"
                  {...(node.deviceId === o.here ? { fw: 700, 'aria-current': 'page' as const } : {})}
                >
                  {name}
                </Text>
              )}
              <About node={node} device={o.devices.get(node.deviceId)} />
            </Group>
            {node.children.length > 0 && (
              <div
                style={{
                  marginInlineStart: 6,
                  paddingInlineStart: 14,
                  borderInlineStart: '1px solid var(--mantine-color-default-border)',
                }}
              >
                <DeviceTree {...o} nodes={node.children} />
              </div>
            )}
          </List.Item>
        );
      })}
    </List>
  );
}
