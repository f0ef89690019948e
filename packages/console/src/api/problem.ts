/** One thing that is wrong; in a document also where it stands. */
export interface Fault {
  readonly field: string;
  readonly message: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** What the operator API refuses with (RFC 9457), or what became of a request that reached nobody. */
export interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  readonly retryAfterSeconds?: number;
}

/** A refusal, or an answer that never came. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** 0 when nobody has answered. */
  readonly status: number;
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? `status ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** Any thrown thing as a problem that can be shown. */
export function asProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiProblem(0, {
    title: 'The WFM does not answer',
    detail: `The browser says: ${what}. Look whether the WFM runs; the page goes on by itself when it does.`,
  });
}

/** A refusal whose faults stand elsewhere. */
export function withoutFaults(refused: unknown): ApiProblem {
  const { status, body } = asProblem(refused);
  return new ApiProblem(status, { ...body, errors: [] });
}
