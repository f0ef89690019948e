/** One client as a signed file: out of one WFM, into another. */
import { createHash } from 'node:crypto';
import {
  type Certificate,
  checkClientLeaf,
  checkNames,
  decodeCertificates,
  openSignedFile,
  parseCertificate,
  readCertificateFile,
  type Signed,
  signDocument,
} from '@muster/pki';
import {
  capabilitiesToJson,
  isClientId,
  isObject,
  parseCapabilities,
  parseJson,
  parseOnboardingRequest,
  ProtocolError,
} from '@muster/protocol';
import { labelsFault } from './labels.ts';
import { checkReceipt, makeReceipt, type ReceiptFile, type ReceiptStatement } from '../audit/documents.ts';
import type { AuditSigner } from '../audit/signer.ts';
import type { ClientFacts } from '../store/ports/moving.ts';
import type { ClientRecord, ImportedDevice, KeptReceipt } from '../store/ports.ts';

export interface ClientFile extends Signed {
  readonly format: 'muster-client-1';
}

/** What a file brings, once all of it has been checked. */
export interface CarriedClient {
  readonly clientId: string;
  readonly state: 'active' | 'blocked';
  readonly leaf: Certificate;
  readonly labels: Readonly<Record<string, string>>;
  readonly devices: readonly ImportedDevice[];
  readonly receipt: Omit<KeptReceipt, 'spkiSha256' | 'clientId'> | null;
  /** Hex SHA-256 of the certificate that has signed the file. */
  readonly signer: string;
}

/** The newest of these receipts as a file, of one key where it is named; null when there is none. */
export async function receiptFileOf(
  signer: AuditSigner,
  client: ClientRecord,
  receipts: readonly KeptReceipt[],
  key?: string,
): Promise<ReceiptFile | null> {
  const kept = receipts.findLast((r) => key === undefined || r.spkiSha256 === key);
  if (kept === undefined) return null;
  const { certificate } = parseOnboardingRequest(parseJson(kept.body));
  const leaf = decodeCertificates(certificate)[0];
  return makeReceipt(signer, kept, {
    clientId: client.clientId,
    keyFingerprint: `sha256:${kept.spkiSha256}`,
    certificateFingerprint: `sha256:${leaf?.sha256 ?? ''}`,
    rule: kept.rule,
    decidedBy: kept.decidedBy,
    decidedAt: new Date(kept.createdAt).toISOString(),
  });
}

/** Makes the file. */
export async function makeClientFile(
  signer: AuditSigner,
  { client, devices, receipts }: ClientFacts,
  now: number,
): Promise<ClientFile> {
  const statement = {
    kind: 'client',
    clientId: client.clientId,
    state: client.state,
    keyFingerprint: `sha256:${client.spkiSha256}`,
    certificate: parseCertificate(client.certificateDer).pem,
    labels: JSON.parse(client.labels) as unknown,
    decidedBy: client.decidedBy,
    createdAt: new Date(client.createdAt).toISOString(),
    devices: devices.map((d) => ({
      deviceId: d.deviceId,
      profile: d.profile,
      document: Buffer.from(d.document).toString('base64'),
    })),
    receipt: await receiptFileOf(signer, client, receipts, client.spkiSha256),
    madeAt: new Date(now).toISOString(),
  };
  return { format: 'muster-client-1', ...(await signDocument(signer, statement)) };
}

function wrong(field: string, message: string): ProtocolError {
  return new ProtocolError(
    'semantic',
    `The file of the client cannot be used: ${message}.`,
    [{ field, message }],
    'Export it again: muster clients export ID --out FILE',
  );
}

function deviceOf(value: unknown, i: number): ImportedDevice {
  const field = `devices[${i}]`;
  if (!isObject(value)) throw wrong(field, 'a device is no object');
  const { deviceId, profile, document } = value;
  if (typeof deviceId !== 'string' || typeof document !== 'string')
    throw wrong(field, 'a device lacks a part');
  const bytes = Buffer.from(document, 'base64');
  // The report is read as if the device had sent it: what another WFM has let through is no measure here.
  const parsed = parseCapabilities(
    parseJson(bytes),
    profile === 'rc.1' ? { route: 'client' } : { route: 'device', deviceId },
  );
  if (parsed.capabilities.deviceId !== deviceId) throw wrong(field, 'a report is of another device');
  return {
    deviceId,
    profile: parsed.profile,
    model: JSON.stringify(capabilitiesToJson(parsed.capabilities)),
    document: bytes,
    digest: createHash('sha256').update(bytes).digest('hex'),
  };
}

function isReceipt(value: unknown): value is ReceiptFile {
  if (!isObject(value) || !isObject(value['request'])) return false;
  const { method, targetUri, fields, body } = value['request'];
  const texts = [value['statement'], value['signature'], value['certificate'], method, targetUri, body];
  return (
    texts.every((t) => typeof t === 'string') &&
    Array.isArray(fields) &&
    fields.every((f) => typeof f === 'string')
  );
}

async function receiptOf(
  value: unknown,
  o: { clientId: string; keyFingerprint: string; signer: string },
): Promise<CarriedClient['receipt']> {
  if (value === null) return null;
  if (!isReceipt(value)) throw wrong('receipt', 'the receipt is none');
  parseJson(Buffer.from(value.statement));
  const findings = await checkReceipt(value);
  const bad = findings.find((f) => !f.ok);
  if (bad !== undefined) throw wrong('receipt', `the receipt does not hold: ${bad.check}, ${bad.detail}`);
  if (findings[0]?.detail.endsWith(`sha256:${o.signer}`) !== true)
    throw wrong('receipt', 'the receipt is signed by somebody else than the file');
  const statement = JSON.parse(value.statement) as ReceiptStatement;
  if (statement.clientId !== o.clientId || statement.keyFingerprint !== o.keyFingerprint)
    throw wrong('receipt', 'the receipt is of another client');
  const { method, targetUri, fields, body } = value.request;
  return {
    method,
    targetUri,
    fields,
    body: Buffer.from(body, 'base64'),
    rule: statement.rule,
    decidedBy: statement.decidedBy,
    createdAt: Date.parse(statement.decidedAt),
  };
}

/**
 * Reads a file and checks all of it: signature, certificate, receipt, labels, reports.
 * @throws SignedFileError, CertificateError, ProtocolError
 */
export async function readClientFile(text: string): Promise<CarriedClient> {
  const { statement, certificate } = openSignedFile(text, 'client', 'file of a client');
  const { clientId, state, keyFingerprint, labels, devices } = statement;
  if (typeof clientId !== 'string' || !isClientId(clientId)) throw wrong('clientId', 'the clientId is none');
  if (state !== 'active' && state !== 'blocked')
    throw wrong('state', 'the client is neither active nor blocked');
  const [leaf] = readCertificateFile(Buffer.from(String(statement['certificate'])));
  if (leaf === undefined || keyFingerprint !== `sha256:${leaf.spkiSha256}`)
    throw wrong('keyFingerprint', 'the certificate is of another key');
  checkClientLeaf(leaf);
  checkNames(leaf);
  if (!isObject(labels) || !Object.values(labels).every((v) => typeof v === 'string'))
    throw wrong('labels', 'the labels are no texts');
  const problem = labelsFault(labels as Record<string, string>);
  if (problem !== null) throw wrong('labels', problem);
  if (!Array.isArray(devices)) throw wrong('devices', 'the devices are no list');
  const reports = devices.map(deviceOf);
  if (new Set(reports.map((d) => d.deviceId)).size < reports.length)
    throw wrong('devices', 'a device is named twice');
  return {
    clientId,
    state,
    leaf,
    labels: labels as Record<string, string>,
    devices: reports,
    receipt: await receiptOf(statement['receipt'] ?? null, {
      clientId,
      keyFingerprint,
      signer: certificate.sha256,
    }),
    signer: certificate.sha256,
  };
}
