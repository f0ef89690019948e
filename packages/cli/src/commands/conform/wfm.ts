import { createHash } from 'node:crypto';
import type { PendingClient, Trust, WfmTarget } from '@muster/conformance';
import { loadCertificateFile } from '@muster/pki';
import { decodeJoinString } from '@muster/protocol';
import { Option } from 'commander';
import { command, type Common } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { wholeNumber } from '../../numbers.ts';
import { json, safe, say } from '../../ui.ts';
import { keyTypes } from '../device/options.ts';
import { joinTarget } from '../device/join-target.ts';
import { stopSignal } from '../device/support.ts';
import { tellOutcome, tellSummary } from './tell.ts';

interface WfmFlags extends Common {
  readonly caFile?: string;
  readonly caPin?: string;
  readonly keyType: WfmTarget['keyType'];
  readonly wait: string;
}

/** The URL as routes are appended to it. @throws UsageError */
function wfmUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:')
    throw new UsageError(`${safe(text.slice(0, 200))} is no https URL.`, 'Give the https URL of the WFM.');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

async function trustIn(o: WfmFlags): Promise<Trust> {
  if (o.caFile !== undefined && o.caPin !== undefined)
    throw new UsageError('A CA file and a CA pin were given.', 'Give one of them.');
  if (o.caPin !== undefined) {
    // People copy fingerprints with colons and in capitals, as openssl prints them.
    const hex = o.caPin
      .trim()
      .toLowerCase()
      .replace(/^sha256:/, '')
      .replaceAll(':', '');
    if (!/^[0-9a-f]{64}$/.test(hex))
      throw new UsageError(
        'The CA pin is not sha256: and 64 hex digits.',
        'Copy the pin again from the WFM.',
      );
    return { kind: 'pins', pins: [`sha256:${hex}`] };
  }
  if (o.caFile === undefined) return { kind: 'system' };
  const roots = await loadCertificateFile(o.caFile).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : '';
    throw new UsageError(`The CA file ${o.caFile} cannot be used: ${why}`, 'Check the path and the content.');
  });
  return { kind: 'roots', roots };
}

/** What to check, by what was given. @throws UsageError */
async function targetOf(argument: string | undefined, o: WfmFlags): Promise<WfmTarget> {
  const rest = { keyType: o.keyType, waitSeconds: wholeNumber('wait', o.wait, 0, 86_400) };
  const text = await joinTarget(argument, undefined, process.env);
  if (text.includes('://')) return { urls: [wfmUrl(text)], trust: await trustIn(o), ...rest };
  let read: ReturnType<typeof decodeJoinString>;
  try {
    read = decodeJoinString(text, (bytes) => createHash('sha256').update(bytes).digest());
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message : '',
      'Give a URL, or the join string again.',
    );
  }
  const isOwn = o.caFile !== undefined || o.caPin !== undefined || read.pins.length === 0;
  const trust: Trust = isOwn ? await trustIn(o) : { kind: 'pins', pins: read.pins };
  return { urls: read.urls.map(wfmUrl), trust, ...rest };
}

function tellPending(pending: PendingClient): void {
  say(`… waits to be let in: ${pending.name}, certificate ${pending.fingerprint}`);
  if (pending.words.length > 0) say(`  ${pending.words.join(' ')} (pairing words of a Muster WFM)`);
  say(`  the WFM says: ${safe(pending.seen)}`);
  if (!pending.isAskedAgain) say(`  it may want this certificate beforehand:\n${pending.certificate}`);
}

export const conformWfm = command<WfmFlags>(
  'wfm',
  'check any Margo WFM from outside; leaves throw-away clients there',
  (c) =>
    c
      .argument(
        '[target]',
        'the https URL of a WFM, a join string, @FILE, or - for stdin ($MUSTER_JOIN_STRING)',
      )
      .option('--ca-file <file>', 'root CA of the WFM (PEM or DER)')
      .option('--ca-pin <pin>', 'sha256:HEX of the root CA certificate (DER)')
      .addOption(
        new Option('--key-type <type>', 'kind of key of the throw-away client')
          .choices(keyTypes)
          .default('p256'),
      )
      .option('--wait <seconds>', 'how long an operator may take to let the clients in', '300'),
  async ([argument], o) => {
    const target = await targetOf(argument, o);
    const { checkWfm } = await import('@muster/conformance');
    const asJson = o.json === true;
    const report = await checkWfm(target, {
      signal: stopSignal(),
      onOutcome: (outcome) => tellOutcome(outcome, asJson),
      onPending: (pending) => (asJson ? json(pending) : tellPending(pending)),
    });
    tellSummary(report, report.ended, asJson);
  },
);
