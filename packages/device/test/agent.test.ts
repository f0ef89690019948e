/** The daemon against a real WFM that comes, goes, blocks and approves. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import type { Wfm, WfmSettings } from '@muster/wfm';
import { afterError, isReportDue } from '../src/agent/state.ts';
import {
  askDaemon,
  DeviceError,
  type DeviceEvent,
  join,
  loadDoctor,
  parseWindow,
  report,
  runAgent,
  status,
} from '../src/index.ts';
import { isRefusal, isState, itemsOf, layGround, operator, runDaemon } from './support/ground.ts';
import { backOff, shareOfSpan } from '../src/schedule/back-off.ts';
import { isDowntime, untilAllowed } from '../src/schedule/windows.ts';

const { root, fresh, serve: start } = await layGround('agent');
const serve = (data: string, port = 0, more: Partial<WfmSettings> = {}): Promise<Wfm> =>
  start({ data, deviceListen: `127.0.0.1:${port}`, ...more });

describe('the daemon', () => {
  it('reports at its start, when something changes, and when it is asked', async () => {
    const wfm = await serve(fresh('wfm'));
    const stateDirectory = fresh('state');
    const capabilitiesFile = joinPath(root, 'capabilities.yaml');
    await writeFile(capabilitiesFile, 'vendor: One\n');
    const { clientId } = await join({
      stateDirectory,
      trust: { joinString: wfm.joinString },
      capabilitiesFile,
    });
    const agent = runDaemon(stateDirectory, { capabilitiesFile });
    await agent.until(isState('active'));
    const reports = (): number => agent.events.filter((e) => e.event === 'reported').length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(reports(), 1, 'nothing has changed: nothing is sent');
    await writeFile(capabilitiesFile, 'vendor: Two\n');
    await agent.until(() => reports() === 2);
    const { items } = (await operator(wfm, 'GET', '/devices')) as {
      items: Array<{ clientId: string; capabilities: { properties?: { vendor?: string }; vendor?: string } }>;
    };
    assert.equal(items[0]?.clientId, clientId);
    assert.match(JSON.stringify(items[0]?.capabilities), /Two/);
    assert.equal((await report({ stateDirectory })).status, 200, 'by the control socket');
    assert.equal((await status({ stateDirectory })).daemon?.['state'], 'active');
    assert.equal((await stat(joinPath(stateDirectory, 'control.sock'))).mode & 0o777, 0o600);
    await assert.rejects(runAgent({ stateDirectory }), (e) => e instanceof DeviceError && e.code === 'state');
    assert.deepEqual(await askDaemon(stateDirectory, 'stop'), { stopping: true });
    await agent.until(isState('stopped'));
    assert.equal(await askDaemon(stateDirectory, 'status'), null);
    await wfm.close();
  });

  it('waits for a join, and takes it up', async () => {
    const wfm = await serve(fresh('wfm'));
    const stateDirectory = fresh('state');
    const first = runDaemon(stateDirectory);
    await first.until(isState('unbound'));
    await assert.rejects(
      report({ stateDirectory }),
      (e) => e instanceof DeviceError && e.code === 'not-joined',
    );
    await first.stop();
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const second = runDaemon(stateDirectory);
    await second.until(isState('active'));
    await second.stop();
    await wfm.close();
  });

  it('takes up a request that waits to be decided, over a restart, and is let in', async () => {
    const wfm = await serve(fresh('wfm'), 0, { admission: 'hold' });
    const stateDirectory = fresh('state');
    const trust = { joinString: wfm.joinString };
    await assert.rejects(join({ stateDirectory, trust, timeoutSeconds: 0 }), isRefusal('timeout'));
    const waiting = await status({ stateDirectory });
    assert.deepEqual([waiting.state, waiting.wfm, waiting.clientId], ['pending', wfm.deviceUrl, null]);
    const found = (await (await loadDoctor()).doctor({ stateDirectory })).checks;
    assert.deepEqual(
      found.filter((c) => c.result === 'fail').map((c) => c.name),
      ['clientId'],
    );
    for (let start_ = 0; start_ < 2; start_++) {
      const daemon = runDaemon(stateDirectory);
      const told = await daemon.until(isState('pending'));
      assert.match(JSON.stringify(told), /the words are: /);
      await assert.rejects(report({ stateDirectory }), isRefusal('rejected', /has to approve/));
      await daemon.stop();
    }
    const daemon = runDaemon(stateDirectory);
    await daemon.until(isState('pending'));
    const [request] = await itemsOf(wfm, '/enrollments?state=pending');
    await operator(wfm, 'POST', `/enrollments/${String(request?.['enrollmentId'])}/approve`);
    await daemon.until(isState('active'));
    await daemon.stop();
    const [client] = await itemsOf(wfm, '/clients');
    assert.equal((await status({ stateDirectory })).clientId, client?.['clientId']);
    assert.equal((await report({ stateDirectory })).status, 200);
  });

  it('names what is no folder', async () => {
    const file = fresh('file');
    await writeFile(file, '');
    await assert.rejects(
      runAgent({ stateDirectory: joinPath(file, 'below') }),
      (e) => isRefusal('state')(e) && /--state DIR/.test((e as DeviceError).nextStep),
    );
  });

  it('lets the device join while it runs without a WFM, and goes on from there', async () => {
    const [open, hold] = [await serve(fresh('wfm')), await serve(fresh('wfm'), 0, { admission: 'hold' })];
    const [one, other] = [fresh('state'), fresh('state')];
    const [first, second] = [runDaemon(one, { pollSeconds: 60 }), runDaemon(other, { pollSeconds: 60 })];
    await Promise.all([first.until(isState('unbound')), second.until(isState('unbound'))]);
    const { clientId } = await join({ stateDirectory: one, trust: { joinString: open.joinString } });
    await first.until(isState('active'));
    const trust = { joinString: hold.joinString };
    await assert.rejects(join({ stateDirectory: other, trust, timeoutSeconds: 0 }), isRefusal('timeout'));
    await second.until(isState('pending'));
    // Now it works on the folder.
    await assert.rejects(join({ stateDirectory: one, trust }), isRefusal('state'));
    await Promise.all([first.stop(), second.stop()]);
    assert.equal((await status({ stateDirectory: one })).clientId, clientId);
    assert.equal((await itemsOf(open, '/clients')).length, 1);
    assert.equal((await itemsOf(hold, '/enrollments?state=pending')).length, 1);
  });

  it('survives a WFM that goes away and comes back, with one line for the whole outage', async () => {
    const data = fresh('wfm');
    let wfm = await serve(data);
    const port = Number(new URL(wfm.deviceUrl).port);
    const stateDirectory = fresh('state');
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const agent = runDaemon(stateDirectory, { heartbeatSeconds: 0.1 });
    await agent.until(isState('active'));
    await wfm.close();
    await agent.until(isState('unreachable'));
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const lines = agent.events.filter(isState('unreachable'));
    assert.ok(lines.length <= 2, `${lines.length} lines`);
    wfm = await serve(data, port);
    await agent.until(
      (e) => isState('active')(e) && agent.events.indexOf(e) > agent.events.indexOf(lines[0] as DeviceEvent),
    );
    await agent.stop();
    await wfm.close();
  });

  it('is calm while it is blocked, and goes on when it is not any more', async () => {
    const wfm = await serve(fresh('wfm'));
    const stateDirectory = fresh('state');
    const { clientId } = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const agent = runDaemon(stateDirectory, { heartbeatSeconds: 0.1 });
    await agent.until(isState('active'));
    await operator(wfm, 'POST', `/clients/${clientId}/block`);
    const blocked = await agent.until(isState('blocked'));
    assert.ok(blocked.event === 'state' && blocked.nextTryAt !== null && blocked.nextStep !== null);
    await operator(wfm, 'POST', `/clients/${clientId}/unblock`);
    await agent.until((e) => isState('active')(e) && agent.events.indexOf(e) > agent.events.indexOf(blocked));
    await agent.stop();
    await wfm.close();
  });

  it('learns that it was retired, confirms that once, asks on slowly, and goes on when it is readmitted', async () => {
    const wfm = await serve(fresh('wfm'));
    const stateDirectory = fresh('state');
    const { clientId } = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const agent = runDaemon(stateDirectory, { heartbeatSeconds: 0.1 });
    await agent.until(isState('active'));
    await operator(wfm, 'POST', `/clients/${clientId}/retire`);
    const retired = await agent.until(isState('retired'));
    assert.ok(retired.event === 'state' && retired.nextTryAt !== null && retired.nextStep !== null);
    const seen = async (): Promise<unknown> =>
      ((await operator(wfm, 'GET', `/clients/${clientId}`)) as Record<string, unknown>)['acknowledgedAt'];
    const first = await seen();
    assert.match(String(first), /^20/);
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal(await seen(), first, 'once');
    const { items } = (await operator(wfm, 'GET', '/audit?limit=1000')) as { items: { action: string }[] };
    assert.equal(items.filter((e) => e.action === 'client.retirementAcknowledged').length, 1);
    assert.equal((await status({ stateDirectory })).daemon?.['state'], 'retired');
    await operator(wfm, 'POST', `/clients/${clientId}/readmit`);
    await agent.until((e) => isState('active')(e) && agent.events.indexOf(e) > agent.events.indexOf(retired));
    await agent.stop();
    await wfm.close();
  });

  it('gets its clientId back from a WFM that has lost its database but not its keys', async () => {
    const data = fresh('wfm');
    let wfm = await serve(data);
    const port = Number(new URL(wfm.deviceUrl).port);
    const stateDirectory = fresh('state');
    const { clientId } = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const agent = runDaemon(stateDirectory, { heartbeatSeconds: 0.1 });
    await agent.until(isState('active'));
    await wfm.close();
    await agent.until(isState('unreachable'));
    const seen = agent.events.length;
    for (const file of ['muster.db', 'muster.db-wal', 'muster.db-shm'])
      await rm(joinPath(data, file), { force: true });
    wfm = await serve(data, port, { admission: 'closed' });
    const again = await agent.until((e) => e.event === 'reported' && agent.events.indexOf(e) >= seen);
    const { items } = (await operator(wfm, 'GET', '/clients')) as { items: Array<{ clientId: string }> };
    assert.deepEqual(
      items.map((c) => c.clientId),
      [clientId],
    );
    assert.ok(again.event === 'reported');
    await agent.stop();
    await wfm.close();
  });

  it('is silent in a downtime window', async () => {
    const wfm = await serve(fresh('wfm'));
    const stateDirectory = fresh('state');
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const agent = runDaemon(stateDirectory, { downtime: [parseWindow('00:00-00:00')] });
    await agent.until(isState('downtime'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(agent.events.filter((e) => e.event === 'reported').length, 0);
    await agent.stop();
    await wfm.close();
  });
});

describe('the example of an embedded client', () => {
  it('joins and stays active, in under forty lines', async () => {
    const wfm = await serve(fresh('wfm'));
    const path = new URL('../../../examples/embedded-client/client.ts', import.meta.url).pathname;
    assert.ok((await readFile(path, 'utf8')).split('\n').length < 40);
    const child = spawn(process.execPath, [path, fresh('state'), wfm.joinString], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = '';
    for await (const line of createInterface({ input: child.stdout })) {
      seen += `${line}\n`;
      if (line.startsWith('active')) break;
    }
    assert.match(seen, /clientId [0-9a-f-]{36}/);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
    await wfm.close();
  });
});

describe('the schedule', () => {
  it('knows windows over midnight, days, and time zones with their changes', () => {
    const berlin = parseWindow('fri 22:00-06:00 Europe/Berlin');
    const at = (iso: string): boolean => isDowntime([berlin], Date.parse(iso));
    assert.deepEqual(
      [
        '2026-07-03T19:59:00Z',
        '2026-07-03T20:00:00Z',
        '2026-07-04T03:59:00Z',
        '2026-07-04T04:00:00Z',
        '2026-07-04T20:30:00Z',
      ].map(at),
      [false, true, true, false, false],
      'summer: UTC+2',
    );
    assert.deepEqual(
      ['2026-12-04T20:30:00Z', '2026-12-04T21:00:00Z', '2026-12-05T04:59:00Z', '2026-12-05T05:00:00Z'].map(
        at,
      ),
      [false, true, true, false],
      'winter: UTC+1',
    );
    const from = Date.parse('2026-07-03T20:00:30Z');
    assert.equal(
      from + untilAllowed({ downtime: [berlin], pollWindows: [] }, from),
      Date.parse('2026-07-04T04:00:00Z'),
    );
    for (const bad of ['', '25:00-26:00', 'xxx 10:00-11:00', '10:00-11:00 Mars/Base', '10:00'])
      assert.throws(
        () => parseWindow(bad),
        (e) => e instanceof DeviceError && e.code === 'usage',
      );
  });

  it('keeps to the local clock where it is set forward and back, with hours that are missing or come twice', () => {
    const until = (window: string, from: string): string => {
      const at = Date.parse(from);
      return new Date(at + untilAllowed({ downtime: [parseWindow(window)], pollWindows: [] }, at))
        .toISOString()
        .slice(0, 16);
    };
    // Europe/Berlin: 02:00 becomes 03:00 on 2026-03-29, 03:00 becomes 02:00 on 2026-10-25, both at 01:00 UTC.
    const over = 'sat 22:00-06:00 Europe/Berlin';
    assert.equal(until(over, '2026-03-28T21:00:00Z'), '2026-03-29T04:00', 'seven hours');
    assert.equal(until(over, '2026-10-24T20:00:00Z'), '2026-10-25T05:00', 'nine hours');
    const missing = 'sun 02:00-03:00 Europe/Berlin';
    assert.equal(until(missing, '2026-03-29T00:59:00Z'), '2026-03-29T00:59', 'an hour that does not come');
    assert.equal(until(missing, '2026-03-29T01:00:00Z'), '2026-03-29T01:00');
    const twice = 'sun 02:30-03:00 Europe/Berlin';
    assert.equal(until(twice, '2026-10-25T00:30:00Z'), '2026-10-25T01:00');
    assert.equal(until(twice, '2026-10-25T01:30:00Z'), '2026-10-25T02:00');
  });

  it('backs off with full jitter, up to five minutes, and spreads devices by their keys', () => {
    assert.equal(backOff(0, 0), 1);
    assert.ok(backOff(3, 0.999) < 17 && backOff(100, 0.999) <= 301);
    const shares = Array.from({ length: 1000 }, (_, i) =>
      shareOfSpan((i * 4_294_967).toString(16).padStart(8, '0'), 60),
    );
    assert.ok(Math.min(...shares) < 1 && Math.max(...shares) > 59 && shares.every((s) => s < 60));
  });

  it('says what each error means', () => {
    const times = { pollSeconds: 60, heartbeatSeconds: 600, slowRetrySeconds: 3600 };
    const verdict = (code: DeviceError['code'], standing?: 'blocked' | 'retired'): string =>
      afterError(new DeviceError(code, 'm', { nextStep: 'n', standing }), 0, times, 0).state;
    assert.deepEqual(
      (
        ['unreachable', 'protocol', 'trust', 'rejected', 'refused', 'not-joined', 'aborted', 'state'] as const
      ).map((code) => verdict(code)),
      ['unreachable', 'unreachable', 'untrusted', 'refused', 'refused', 'unbound', 'stopped', 'failed'],
    );
    assert.equal(verdict('refused', 'blocked'), 'blocked');
    assert.equal(verdict('rejected', 'retired'), 'retired');
    assert.equal(isReportDue({ changed: false, sinceReport: 599 }, times), false);
    assert.equal(isReportDue({ changed: true, sinceReport: 1 }, times), true);
    assert.equal(isReportDue({ changed: false, sinceReport: Number.POSITIVE_INFINITY }, times), true);
  });
});
