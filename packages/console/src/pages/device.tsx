import { Anchor, Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import { Age } from '../parts/age.tsx';
import { DeviceLabels } from '../parts/device/device-labels.tsx';
import { DeviceReservations } from '../parts/device/device-reservations.tsx';
import { DeviceTree } from '../parts/device/device-tree.tsx';
import { DriftAlerts } from '../parts/device/drift-alerts.tsx';
import { modelOf } from '../parts/device/model.ts';
import { Offer } from '../parts/device/offer.tsx';
import { Revisions } from '../parts/device/revisions.tsx';
import { useDevicesOf, useTree } from '../parts/device/use-tree.ts';
import { Facts } from '../parts/facts.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { Section } from '../parts/section.tsx';

/** The gateway of a device and what is behind it, with this device among it. */
function Around({ clientId, deviceId }: { clientId: string; deviceId: string }) {
  const tree = useTree(clientId);
  const devices = useDevicesOf(clientId);
  const root = deviceId.split('/')[0];
  const nodes = tree.data?.devices.filter((node) => node.deviceId === root) ?? [];
  return (
    <Section
      title="Gateway and devices behind it"
      actions={
        <Anchor component={Link} to={`/clients/${clientId}/gateways`} size="sm">
          all of this client
        </Anchor>
      }
    >
      {tree.isError && <Problem of={tree.error} />}
      {nodes.length === 1 && nodes[0]?.children.length === 0 ? (
        <Text c="dimmed">It stands alone: no device is behind it, and it is behind none.</Text>
      ) : (
        <DeviceTree clientId={clientId} nodes={nodes} devices={devices.data ?? new Map()} here={deviceId} />
      )}
    </Section>
  );
}

/** One device: what it offers, its labels, what stands around it, and all that it has reported. */
export function DevicePage() {
  const { id: clientId = '', '*': deviceId = '' } = useParams();
  const [params] = useSearchParams();
  const { data: d, error } = useQuery({
    queryKey: ['device', clientId, deviceId],
    queryFn: () =>
      answerOf(
        api.GET('/operator/v1/devices/{clientId}/{deviceId}', { params: { path: { clientId, deviceId } } }),
      ),
    // A report is no event: there would be too many of them.
    refetchInterval: 3_000,
  });
  const twin = `/devices/${clientId}/${deviceId}`;
  if (d === undefined)
    return (
      <Page title={deviceId === '' ? 'Device' : deviceId} twin={twin}>
        {error === null ? <Skeleton height={200} /> : <Problem of={error} />}
      </Page>
    );
  const model = modelOf(d);
  return (
    <Page
      title={deviceId}
      about="A device, as it reports itself"
      twin={twin}
      actions={
        <Button
          component={Link}
          size="compact-sm"
          variant="default"
          to={`/placement?device=${encodeURIComponent(`${clientId}/${deviceId}`)}`}
        >
          What would fit?
        </Button>
      }
    >
      {error !== null && <Problem of={error} />}
      <Facts
        of={[
          [
            'Client',
            <Anchor key="client" component={Link} to={`/clients/${clientId}`} className="mono">
              {clientId}
            </Anchor>,
          ],
          ['Vendor', <bdi key="vendor">{model.vendor}</bdi>],
          ['Model', <bdi key="model">{model.modelNumber}</bdi>],
          ['Serial number', <bdi key="serial">{model.serialNumber}</bdi>],
          ['Last seen', <Age key="seen" at={d.lastSeenAt} />],
          ['Last changed', <Age key="changed" at={d.updatedAt} />],
        ]}
      />
      <Section title="Drift alerts">
        <DriftAlerts asked={{ clientId }} deviceId={deviceId} />
      </Section>
      <Offer of={model} />
      <DeviceLabels clientId={clientId} deviceId={deviceId} model={model} set={d.labels} />
      <Around clientId={clientId} deviceId={deviceId} />
      <Section title="Reservations">
        <DeviceReservations clientId={clientId} deviceId={deviceId} />
      </Section>
      <Revisions
        key={twin}
        clientId={clientId}
        deviceId={deviceId}
        newest={d.revision}
        shown={params.get('revision') ?? undefined}
      />
    </Page>
  );
}
