import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';

/** The gateways of a client and what is behind them. */
export const useTree = (clientId: string) =>
  useQuery({
    queryKey: ['device-tree', clientId],
    queryFn: () =>
      answerOf(api.GET('/operator/v1/device-tree/{clientId}', { params: { path: { clientId } } })),
  });

/** What the devices of a client offer, by their ids: as many as one question answers. */
export const useDevicesOf = (clientId: string) =>
  useQuery({
    queryKey: ['devices', 'of', clientId],
    queryFn: () =>
      answerOf(
        api.GET('/operator/v1/devices', { params: { query: { clientId, limit: 1_000, sort: 'deviceId' } } }),
      ),
    select: ({ items }) => new Map(items.map((device) => [device.deviceId, device])),
  });
