/**
 * The WFM's root CAs and which of them counts for what. One small file, `roots.json`, says it: it is replaced atomically, so
 * each step of a rotation either has happened or has not.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Certificate,
  createRootCa,
  type KeyPair,
  readCertificateFile,
  spkiSha256,
  writeFileAtomic,
} from '@muster/pki';
import { keptKey } from './kept-key.ts';

const day = 86_400_000;
const caDays = 20 * 365;

export type RotationStage = 'none' | 'announced' | 'switched';
export type RotationStep = 'announce' | 'switch' | 'finish';

/** Generations of root CAs, by number. */
interface Roots {
  /** The one that signs server certificates. */
  readonly signing: number;
  /** Those that devices are given, the signing one first. */
  readonly served: readonly number[];
}

/** A step that does not fit the present stage. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly stage: RotationStage;

  constructor(message: string, stage: RotationStage) {
    super(message);
    this.stage = stage;
  }
}

const stem = (generation: number): string => (generation === 1 ? 'ca' : `ca-${generation}`);

/** Where a rotation stands. */
function stageOf({ signing, served }: Roots): RotationStage {
  if (served.length < 2) return 'none';
  return signing === Math.max(...served) ? 'switched' : 'announced';
}

/** What the next step makes of the roots. @throws RotationError */
function nextRoots(roots: Roots, step: RotationStep): Roots {
  const stage = stageOf(roots);
  const newest = Math.max(...roots.served);
  if (step === 'announce' && stage === 'none')
    return { signing: roots.signing, served: [roots.signing, roots.signing + 1] };
  if (step === 'switch' && stage === 'announced') return { signing: newest, served: [newest, roots.signing] };
  if (step === 'finish' && stage === 'switched') return { signing: newest, served: [newest] };
  const hints: Readonly<Record<RotationStage, string>> = {
    none: 'No rotation is under way; begin with announce.',
    announced: 'The new root CA is announced; next is switch.',
    switched: 'The new root CA is in use; next is finish.',
  };
  throw new RotationError(`${step} does not come now. ${hints[stage]}`, stage);
}

/** Whether a step was taken last: taking it again would change nothing. */
function isTaken({ signing, served }: Roots, step: RotationStep): boolean {
  const stage = stageOf({ signing, served });
  if (step === 'finish') return stage === 'none' && signing > 1;
  return stage === (step === 'announce' ? 'announced' : 'switched');
}

interface RootStore {
  readonly stage: () => RotationStage;
  /** Whether this step was the last one: it is not taken again. */
  readonly hasTaken: (step: RotationStep) => boolean;
  readonly served: () => readonly Certificate[];
  readonly signing: () => { readonly certificate: Certificate; readonly keys: KeyPair };
  /** @throws RotationError */
  rotate(step: RotationStep): Promise<void>;
}

/**
 * Opens the roots under a directory, making the first.
 * @param o.passphrase encrypts the keys at rest; a key that lies there unencrypted stays readable and is reported
 * @throws KeyFileError when a key is encrypted and the passphrase is missing or wrong
 */
export async function openRoots(o: {
  directory: string;
  now: () => Date;
  passphrase?: string | undefined;
  onMade: (root: Certificate) => void;
}): Promise<RootStore> {
  const at = (name: string): string => join(o.directory, name);
  const pointer = at('roots.json');

  async function open(generation: number): Promise<{ certificate: Certificate; keys: KeyPair }> {
    const [keyFile, file] = [at(`${stem(generation)}-key.pem`), at(`${stem(generation)}.pem`)];
    const keys = await keptKey(keyFile, o.passphrase);
    const kept = await readFile(file).catch(() => null);
    let certificate = kept === null ? undefined : readCertificateFile(kept)[0];
    if (certificate?.spkiSha256 !== spkiSha256(keys.publicKey)) {
      // The key is on disk before the certificate that names it, so a cut in between leaves nothing to repair.
      certificate = await createRootCa({
        keys,
        commonName: generation === 1 ? 'Muster WFM root CA' : `Muster WFM root CA ${generation}`,
        notBefore: new Date(o.now().getTime() - day),
        days: caDays,
      });
      await writeFileAtomic(file, certificate.pem, 0o644);
      o.onMade(certificate);
    }
    return { certificate, keys };
  }

  const text = await readFile(pointer, 'utf8').catch(() => null);
  let roots: Roots = text === null ? { signing: 1, served: [1] } : (JSON.parse(text) as Roots);
  const opened = new Map<number, { certificate: Certificate; keys: KeyPair }>();
  for (const generation of roots.served) opened.set(generation, await open(generation));
  const of = (generation: number): { certificate: Certificate; keys: KeyPair } => {
    const root = opened.get(generation);
    if (root === undefined) throw new Error(`root CA ${generation} is not open`);
    return root;
  };
  async function take(step: RotationStep): Promise<void> {
    const next = nextRoots(roots, step);
    for (const generation of next.served)
      if (!opened.has(generation)) opened.set(generation, await open(generation));
    await writeFileAtomic(pointer, JSON.stringify(next), 0o600);
    roots = next;
  }
  let last: Promise<void> = Promise.resolve();
  return {
    stage: () => stageOf(roots),
    hasTaken: (step) => isTaken(roots, step),
    served: () => roots.served.map((generation) => of(generation).certificate),
    signing: () => of(roots.signing),
    rotate(step) {
      // One step at a time: two at once would both make the next generation.
      const turn = last.then(() => take(step));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
