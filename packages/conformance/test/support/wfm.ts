/** WFMs to check, and the check of one. */
import { readFile } from 'node:fs/promises';
import { decodeCertificates } from '@muster/pki';
import type { Wfm, WfmSettings } from '@muster/wfm';
import { layGround } from '../../../device/test/support/ground.ts';
import type { Outcome } from '../../src/report.ts';
import type { PendingClient, WfmTarget } from '../../src/wfm/ground.ts';
import { checkWfm, type WfmReport } from '../../src/wfm/run.ts';

const ground = await layGround('conform');

/** Muster's own WFM. */
export const own = (settings: Partial<WfmSettings>): Promise<Wfm> => ground.serve(settings);

export interface Checked {
  readonly report: WfmReport;
  readonly outcomes: readonly Outcome[];
}

/** The root CA of a WFM. */
export const rootOf = async (wfm: Wfm): Promise<WfmTarget['trust']> => ({
  kind: 'roots',
  roots: decodeCertificates(await readFile(wfm.operatorCaFile, 'utf8')),
});

/** Checks a WFM as its operator would. */
export async function check(
  wfm: Wfm,
  change: Partial<WfmTarget> = {},
  onPending: (pending: PendingClient) => void = () => undefined,
): Promise<Checked> {
  const outcomes: Outcome[] = [];
  const target = {
    urls: [wfm.deviceUrl],
    trust: await rootOf(wfm),
    keyType: 'p256',
    waitSeconds: 20,
  } as const;
  const report = await checkWfm(
    { ...target, ...change },
    { onOutcome: (outcome) => outcomes.push(outcome), onPending },
  );
  return { report, outcomes };
}
