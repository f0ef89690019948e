import { Anchor, Skeleton, Text } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { DeviceTree } from '../parts/device/device-tree.tsx';
import { useDevicesOf, useTree } from '../parts/device/use-tree.ts';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';

/** The devices of a client as a tree: gateways, and what is behind them. */
export function GatewaysPage() {
  const { id = '' } = useParams();
  const tree = useTree(id);
  const devices = useDevicesOf(id);
  return (
    <Page
      title="Gateways"
      about={`What stands behind what, of client ${id}`}
      twin={`/device-tree/${encodeURIComponent(id)}`}
      actions={
        <Anchor component={Link} to={`/devices?clientId=${encodeURIComponent(id)}`} size="sm">
          as a list
        </Anchor>
      }
    >
      <Text size="sm" c="dimmed">
        A see-thru gateway stands with each device behind it. An opaque one is one device: it offers the sum
        of what is behind it, with a CPU entry for each.
      </Text>
      {tree.isError && <Problem of={tree.error} />}
      {tree.isPending && <Skeleton height={120} />}
      {tree.data?.devices.length === 0 && <Text c="dimmed">This client has reported no device.</Text>}
      {tree.data !== undefined && (
        <DeviceTree clientId={id} nodes={tree.data.devices} devices={devices.data ?? new Map()} />
      )}
    </Page>
  );
}
