/** `npm start`: a WFM and this machine as its device, with everything real in between. */
import { createServer } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { command, type Common } from '../command.ts';
import { answerOf } from '../api/typed.ts';
import { builtConsole } from '../built-console.ts';
import { operatorClient } from '../operator-client.ts';
import { json, say, tick } from '../ui.ts';
import { tellPlacement } from './place/tell.ts';
import { tellEvent } from './device/support.ts';
import { untilStopped } from './wfm/start.ts';

const data = './.muster/wfm';
const stateDirectory = './.muster/device';
/** Asked of this machine at the end, so that the first placement is one keystroke away. */
const firstApplication = {
  type: 'compose',
  requiredResources: {
    cpu: { cores: 0.5 },
    memory: '256Mi',
    storage: '1Gi',
    interfaces: [{ type: 'ethernet' }],
  },
};

/** The wanted port when nobody has it, else 0, which takes a free one. */
function portOrAny(host: string, wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      say(`  (port ${wanted} is taken: using a free one)`);
      resolve(0);
    });
    probe.listen(wanted, host, () => probe.close(() => resolve(wanted)));
  });
}

export const start = command<Common & { once?: boolean }>(
  'start',
  'run a WFM here and join this very machine to it',
  (c) => c.option('--once', 'end after the result'),
  async (_args, o) => {
    const [{ startWfm }, device, { encodeCertificates, writeFileAtomic }] = await Promise.all([
      import('@muster/wfm'),
      import('@muster/device'),
      import('@muster/pki'),
    ]);
    await mkdir('./.muster', { recursive: true, mode: 0o700 });
    const devicePort = await portOrAny('0.0.0.0', 8443);
    const operatorPort = await portOrAny('127.0.0.1', 8444);
    const console = builtConsole();
    const wfm = await startWfm({
      data,
      console,
      deviceListen: `0.0.0.0:${devicePort}`,
      operatorListen: `127.0.0.1:${operatorPort}`,
      logLevel: 'warn',
    });
    try {
      await writeFileAtomic(`${data}/operator-url`, `${wfm.operatorUrl}\n`, 0o644);
      tick('WFM runs', `${wfm.deviceUrl} (TLS 1.3, embedded database in ${data})`);
      tick('root CA', wfm.caPin);
      const identity = await device.prepareIdentity({ stateDirectory });
      if (identity.created)
        tick(
          'device key made',
          `${identity.keyType} in ${identity.keyLocation}, with a self-signed certificate`,
        );
      const { api, close } = operatorClient({ data, env: {} });
      const certificate = encodeCertificates([identity.certificate], 'base64-der');
      const { added } = await answerOf(
        api.POST('/operator/v1/preauthorizations', {
          body: { items: [{ certificate, note: 'this machine' }] },
        }),
      );
      tick(
        'operator says yes',
        added === 0
          ? 'this certificate is pre-authorised already'
          : 'pre-authorised this certificate by the operator API',
      );
      const joined = await device.join({
        stateDirectory,
        trust: { joinString: wfm.joinString },
        onEvent: (e) => (o.json === true ? json(e) : tellEvent(e)),
      });
      const answer = await answerOf(
        api.POST('/operator/v1/placement:query', {
          body: { application: firstApplication, clientId: joined.clientId },
        }),
      );
      await close();
      if (o.json === true) json({ event: 'placed', ...answer });
      else tellPlacement(answer, '\nCan this machine host a small Compose application');
      say(`\nThis machine is client ${joined.clientId}, device ${joined.deviceId}.`);
      if (console !== null)
        say(`Console:         ${wfm.operatorUrl}/console/ (a link that signs you in: npx muster console)`);
      say(`Operator API:    ${wfm.operatorUrl}/operator/v1/openapi.json (token in ${wfm.operatorTokenFile})`);
      say('See for yourself: npx muster clients list · npx muster devices list · npx muster device status');
      if (o.once === true) return;
      say(`Another device:   npx muster device join ${wfm.joinString}`);
      say('\nRunning. Ctrl-C ends it; the next start continues with the same CA and the same clientId.');
      await untilStopped();
    } finally {
      await wfm.close();
    }
  },
);
