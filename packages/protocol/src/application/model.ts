/** What an application asks of a device, whichever published shape said so. */
import type { Quantity } from '../quantities.ts';

export const deploymentTypes = ['helm', 'compose', 'custom'] as const;
export const requiredArchitectures = ['amd64', 'arm64', 'arm', 'riscv64', 'other'] as const;

export const selectorOperators = [
  'In',
  'NotIn',
  'Exists',
  'DoesNotExist',
  'Gt',
  'Lt',
  'ContainsAll',
  'ContainsAny',
] as const;
export type SelectorOperator = (typeof selectorOperators)[number];

/** One test of a selector: of a property named by JSON Pointer (RFC 6901), or of a label named exactly. */
export interface MatchExpression {
  readonly on: 'property' | 'label';
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
  /** A JSON Pointer into each item of an array of objects. */
  readonly itemSelector?: string;
}

export interface PeripheralNeed {
  readonly type: string;
  readonly manufacturer?: string;
  readonly model?: string;
}

/** Everything one copy of a workload needs. */
export interface Requirement {
  readonly deploymentType?: string;
  readonly runtime?: string;
  readonly cpu?: { readonly milliCores: number; readonly architectures?: readonly string[] };
  readonly memory?: Quantity;
  readonly storage?: Quantity;
  readonly peripherals: readonly PeripheralNeed[];
  readonly interfaces: readonly string[];
  /** All must hold. */
  readonly eligibility: readonly MatchExpression[];
}

export interface ApplicationProfile {
  readonly id: string;
  readonly description?: string;
  readonly requirement: Requirement;
  readonly components: readonly string[];
}

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** The device a deployment names: its id, or `gw/*` for any behind that gateway. */
  readonly target?: string;
  /** In the order of the document: the first that fits is taken. */
  readonly profiles: readonly ApplicationProfile[];
}
