import { Option } from 'commander';
import { allOf, answerOf, type TypedApi } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { readOwnFile } from '../../own-file.ts';
import { json, say, tick } from '../../ui.ts';
import { readLabels } from '../clients/label.ts';
import { wholeNumber } from '../../numbers.ts';

interface Flags extends Common {
  readonly name: string;
  readonly action?: 'allow' | 'hold' | 'deny';
  readonly reason?: string;
  readonly subject?: readonly string[];
  readonly san?: string;
  readonly serial?: readonly string[];
  readonly eku?: readonly string[];
  readonly keyType?: readonly string[];
  readonly keyProtection?: readonly string[];
  readonly from?: string;
  readonly until?: string;
  readonly quota?: string;
  readonly label?: readonly string[];
  readonly approvals?: string;
  readonly crlPolicy?: 'none' | 'warn' | 'fail-closed';
  readonly crlUrl?: string;
}

/** The rule that the flags of `add` describe. */
function ruleOf(o: Flags): Record<string, unknown> {
  const { san, serial, eku, keyType, keyProtection, from, until } = o;
  return {
    name: o.name,
    action: o.action ?? 'hold',
    reason: o.reason ?? `Devices of ${o.name}.`,
    match: {
      authority: o.name,
      ...(o.subject === undefined ? {} : { subject: readLabels(o.subject) }),
      ...(san === undefined ? {} : { san }),
      ...(serial === undefined ? {} : { serials: serial }),
      ...(eku === undefined ? {} : { eku }),
      ...(keyType === undefined ? {} : { keyTypes: keyType }),
      ...(keyProtection === undefined ? {} : { keyProtection }),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
    },
    ...(o.quota === undefined ? {} : { quota: wholeNumber('quota', o.quota) }),
    ...(o.label === undefined ? {} : { labels: readLabels(o.label) }),
    ...(o.approvals === undefined ? {} : { approvals: wholeNumber('approvals', o.approvals, 1) }),
  };
}

async function certificatesOf(file: string): Promise<string> {
  const bytes = await readOwnFile(file, 262_144, 'Check the path.');
  const { CertificateError, encodeCertificates, readCertificateFile } = await import('@muster/pki');
  try {
    return encodeCertificates(readCertificateFile(bytes), 'pem');
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new UsageError(`${file}: ${error.message}`, error.nextStep);
  }
}

async function namesOf(api: TypedApi): Promise<Set<string>> {
  const all = await allOf(Number.POSITIVE_INFINITY, (at) =>
    answerOf(api.GET('/operator/v1/device-authorities', { params: { query: at } })),
  );
  return new Set(all.map((one) => one.name));
}

/** Puts a rule at the end of the list. @returns the version of the rules @throws OperatorError */
async function putRule(api: TypedApi, name: string, rule: Record<string, unknown>): Promise<number> {
  const present = await answerOf(api.GET('/operator/v1/rules'));
  const rules = [...present.rules.filter((one) => one.name !== name), rule];
  const body = { version: present.version, comment: `device-ca add ${name}`, rules };
  return (await answerOf(api.PUT('/operator/v1/rules', { body }))).version;
}

const shadowWarning = (name: string, by: readonly string[]): string =>
  `warning: ${by.join(', ')} has one of these roots, too, and comes first: what leads to it is judged by the rules for ${by[0] ?? ''}, ` +
  `never by those for ${name}. Give ${by[0] ?? ''} a second rule (muster rules), or remove one of the groups.`;

export const add = operatorCommand<Flags>(
  'add',
  'let in, or hold, the devices of certificate authorities; adds a rule at the end of the list',
  (c) =>
    c
      .argument('<file>', 'root and intermediate CA certificates (PEM or DER)')
      .requiredOption('--name <name>', 'name of the group')
      .addOption(
        new Option('--action <action>', 'what to do with its devices (default hold)').choices([
          'allow',
          'hold',
          'deny',
        ]),
      )
      .option('--reason <text>', 'why the rule is there')
      .option('--subject <attribute=pattern...>', 'such as CN=GW-*')
      .option('--san <pattern>', 'alternative name, such as dns:*.plant.example')
      .option('--serial <hex...>', 'serial numbers, or ranges from-to')
      .option('--eku <oid...>', 'extended key usages that must be there')
      .option('--key-type <type...>', 'p256, p384 or rsa')
      .option(
        '--key-protection <kind...>',
        'what the device must say of its key: tpm, pkcs11, software-encrypted',
      )
      .option('--from <time>', 'the rule counts from then on (ISO 8601)')
      .option('--until <time>', 'the rule counts until then (ISO 8601)')
      .option('--quota <n>', 'how many clients it may let in')
      .option('--label <key=value...>', 'labels for what enters')
      .option('--approvals <n>', 'how many operators must approve: 1 or 2')
      .addOption(new Option('--crl-policy <policy>', 'revocation').choices(['none', 'warn', 'fail-closed']))
      .option('--crl-url <url>', 'where the revocation list is fetched'),
  async ({ api }, [file = ''], o) => {
    const body = {
      name: o.name,
      certificates: await certificatesOf(file),
      ...(o.crlPolicy === undefined ? {} : { crlPolicy: o.crlPolicy }),
      ...(o.crlUrl === undefined ? {} : { crlUrl: o.crlUrl }),
    };
    const rule = ruleOf(o);
    const isNew = !(await namesOf(api)).has(o.name);
    const authority = await answerOf(api.POST('/operator/v1/device-authorities', { body }));
    const version = await putRule(api, o.name, rule).catch(async (error: unknown) => {
      // Without its rule the group is not what was asked for.
      if (isNew)
        await answerOf(
          api.DELETE('/operator/v1/device-authorities/{name}', { params: { path: { name: o.name } } }),
        );
      throw error;
    });
    if (o.json === true) json({ authority, rule, rulesVersion: version });
    else tick('device CA', `${o.name}: ${o.action ?? 'hold'} (rules version ${version})`);
    if (authority.shadowedBy.length > 0) say(shadowWarning(o.name, authority.shadowedBy));
  },
);
