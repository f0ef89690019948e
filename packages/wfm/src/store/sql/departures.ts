import { sql } from 'kysely';
import type { DeviceRecord } from '../ports/devices.ts';
import type { MovingStore } from '../ports/moving.ts';
import { appendAudit, lockChain } from './audit.ts';
import { clientOfId, receiptsOf } from './identity.ts';
import { withReport } from './kept-report.ts';
import type { Database } from './schema.ts';
import { moveState } from './states.ts';

/**
 * Makes the file of a client from what one transaction sees. With its retirement, both are committed together: there is no
 * moment at which the client is out of service and its file was never made.
 */
export function exportClient(database: Database): MovingStore['exportClient'] {
  return ({ clientId, retire, actor, now, maximumBytes, make }) =>
    database.transaction().execute(async (tx) => {
      await lockChain(tx);
      const client = await clientOfId(tx, clientId);
      if (client === undefined) return { result: 'not-found' };
      if (client.state === 'retired') {
        const kept = await tx
          .selectFrom('departures')
          .select('file')
          .where('clientId', '=', clientId)
          .executeTakeFirst();
        return retire !== null && kept !== undefined
          ? { result: 'exported', file: kept.file }
          : { result: 'retired' };
      }
      const { bytes } = await tx
        .selectFrom('devices')
        .select(sql<number | null>`sum(length("report"))`.as('bytes'))
        .where('clientId', '=', clientId)
        .executeTakeFirstOrThrow();
      if (Number(bytes ?? 0) > maximumBytes) return { result: 'too-large' };
      const rows = await tx
        .selectFrom('devices')
        .selectAll()
        .where('clientId', '=', clientId)
        .orderBy('deviceId')
        .execute();
      const devices: DeviceRecord[] = [];
      let unpacked = 0;
      for (const row of rows) {
        const device = withReport(row);
        unpacked += device.document.length;
        if (unpacked > maximumBytes) return { result: 'too-large' };
        devices.push(device);
      }
      const receipts = await receiptsOf(tx, clientId);
      const file = await make({ client, devices, receipts });
      if (file.length > maximumBytes) return { result: 'too-large' };
      const detail = {
        key: client.spkiSha256,
        devices: devices.length,
        receipt: receipts.some((r) => r.spkiSha256 === client.spkiSha256),
        retire: retire !== null,
      };
      await appendAudit(tx, { at: now, actor, action: 'client.exported', subject: clientId, detail });
      if (retire !== null) {
        await moveState(tx, clientId, { from: [client.state], to: 'retired', actor, now, ...retire });
        await tx.insertInto('departures').values({ clientId, file }).execute();
      }
      return { result: 'exported', file };
    });
}
