/** One field that is wrong, by its path, such as `properties.cpus[0].cores`. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export type ProtocolErrorCode = 'malformed-json' | 'invalid-request' | 'semantic';

/** A document that breaks the wire contract; lists every problem found, not the first. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;
  readonly problems: readonly FieldProblem[];
  readonly nextStep: string;

  constructor(code: ProtocolErrorCode, message: string, problems: readonly FieldProblem[], nextStep: string) {
    super(message);
    this.code = code;
    this.problems = problems;
    this.nextStep = nextStep;
  }
}
