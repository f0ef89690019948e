/** Who makes a request of the operator API: known after authentication, read by the endpoints. */
import type { FastifyRequest } from 'fastify';
import type { Role } from '../store/ports.ts';

export interface Operator {
  readonly name: string;
  readonly role: Role;
}

const operators = new WeakMap<FastifyRequest, Operator>();

/** Notes who was authenticated. */
export function setOperator(request: FastifyRequest, operator: Operator): void {
  operators.set(request, operator);
}

/** The operator behind a request. @throws Error when the route was registered outside authentication */
export function operatorOf(request: FastifyRequest): Operator {
  const operator = operators.get(request);
  if (operator === undefined) throw new Error('this route is not behind authentication');
  return operator;
}
