import { readProblem } from '@muster/protocol';

/** What the operator API, or the way to it, refused. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly kind: 'refused' | 'trust' | 'unreachable' | 'other';
  readonly code: string;
  readonly seen: string | undefined;
  readonly nextStep: string;
  readonly status: number;
  /** What was found, for whoever reads JSON. */
  readonly details: object | undefined;

  constructor(
    kind: OperatorError['kind'],
    code: string,
    message: string,
    o: { seen?: string; nextStep: string; status?: number; cause?: unknown; details?: object },
  ) {
    super(message, { cause: o.cause });
    this.kind = kind;
    this.code = code;
    this.seen = o.seen;
    this.nextStep = o.nextStep;
    this.status = o.status ?? 0;
    this.details = o.details;
  }
}

/** What to do about a refusal: what it says itself, where it names a command. */
function nextStepOf(status: number, message: string): string {
  if (status === 401) return 'Set MUSTER_OPERATOR_TOKEN, or name the data folder: --data DIR';
  // At the end of a sentence, or in brackets; anywhere else it is spoken of, and no command line.
  const [, atEnd, inBrackets] = /: (muster [a-z].*?)\.?$|\((muster [a-z][^)]*)\)/.exec(message) ?? [];
  const command = atEnd ?? inBrackets;
  if (command !== undefined) return `Run: ${command}`;
  if (status === 413) return 'Send less at once, or a smaller file.';
  if (status >= 500) return 'Try it again; look at the log of the WFM, or of what stands before it.';
  return status === 400 || status === 422
    ? 'Correct what is named. What is taken: the same command with --help'
    : 'Look at the present state: muster clients list';
}

/** The refusal that an answer of the operator API is. */
export function refused(status: number, value: unknown): OperatorError {
  const problem = readProblem(status, value);
  const errors = (problem.errors ?? []).map((e) => `${e.field}: ${e.message}`).join('; ');
  const message = problem.detail ?? problem.title ?? `Refused with ${status}.`;
  return new OperatorError('refused', problem.type ?? String(status), message, {
    seen: errors === '' ? `status ${status}` : errors,
    nextStep: nextStepOf(status, message),
    status,
  });
}

/** What is no answer of an operator API: cut off, or of something else. */
export function strangeAnswer(seen: string, cause: unknown): OperatorError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isCut = code === 'ECONNRESET' || code === 'ETIMEDOUT';
  return new OperatorError(
    isCut ? 'unreachable' : 'other',
    isCut ? code : 'no-operator-api',
    isCut ? 'The answer of the operator API was cut off.' : 'What answers there is no operator API of a WFM.',
    {
      seen,
      nextStep: isCut
        ? 'Check that the WFM runs, and try it again.'
        : 'Check the address: MUSTER_OPERATOR_URL, or --data DIR.',
      cause,
    },
  );
}

/** What kept a connection from being made. @param who such as: The operator API at https://… */
export function connectionError(
  error: unknown,
  who: string,
  next: { trust: string; unreachable: string },
): OperatorError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const isTrust = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code);
  return new OperatorError(
    isTrust ? 'trust' : 'unreachable',
    code,
    isTrust ? `${who} has a certificate that is not trusted.` : `${who} cannot be reached.`,
    { seen: code, nextStep: isTrust ? next.trust : next.unreachable, cause: error },
  );
}
