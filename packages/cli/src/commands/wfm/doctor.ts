import { arch, platform, release } from 'node:os';
import { loadSettings, loadWfmDoctor } from '@muster/wfm';
import { allOf, answerOf, type TypedApi } from '../../api/typed.ts';
import { command, type Common } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { type OperatorClient, operatorClient } from '../../operator-client.ts';
import { json, say, tellChecks } from '../../ui.ts';

export const wfmDoctor = command<Common & { bundle?: string; config?: string }>(
  'doctor',
  'examine a WFM on this machine, running or stopped; changes nothing',
  (c) =>
    c
      .option('--data <dir>', 'data folder of the WFM (default $MUSTER_DATA or ./.muster/wfm)')
      .option('--config <file>', 'YAML file with settings, as for start')
      .option('--bundle <file>', 'write what was found to a file for a ticket, without secrets'),
  async (_args, o) => {
    const flags = o.data === undefined ? {} : { data: o.data };
    const settings = loadSettings({ flags, env: process.env, file: o.config });
    let client: OperatorClient | undefined;
    try {
      const open = (): TypedApi => {
        client ??= operatorClient({ data: settings.data, env: process.env });
        return client.api;
      };
      const ask = {
        joinString: async () => answerOf(open().GET('/operator/v1/join-string')),
        auditVerdict: async () => answerOf(open().GET('/operator/v1/audit/verify')),
        authorities: () =>
          allOf(10_000, (query) =>
            answerOf(open().GET('/operator/v1/device-authorities', { params: { query } })),
          ),
      };
      const { doctor } = await loadWfmDoctor();
      const diagnosis = await doctor({ settings, ask });
      if (diagnosis.result === 'fail') process.exitCode = exitCodes.other;
      if (o.bundle !== undefined) {
        const system = `${platform()} ${release()} ${arch()}, Node.js ${process.version}`;
        const bundle = { muster: 1, made: new Date().toISOString(), system, ...diagnosis };
        const { writeFileAtomic } = await import('@muster/pki');
        await writeFileAtomic(o.bundle, `${JSON.stringify(bundle, null, 2)}\n`, 0o600);
      }
      if (o.json === true) return json(diagnosis);
      tellChecks(diagnosis.checks);
      if (o.bundle !== undefined) say(`\nWritten to ${o.bundle}.`);
    } finally {
      client?.close();
    }
  },
);
