/** What is checked of a client. Ids are stable. What the standard states is a must; what it leaves open is at most a should. */
import { behaviourChecks } from './catalogue/behaviour.ts';
import { onboardedChecks } from './catalogue/onboarded.ts';
import { onboardingChecks } from './catalogue/onboarding.ts';
import { signedChecks } from './catalogue/signed.ts';
import { transportChecks } from './catalogue/transport.ts';

/** Every check, in the order in which it is told. */
export const clientChecks = {
  ...transportChecks,
  ...onboardingChecks,
  ...signedChecks,
  ...onboardedChecks,
  ...behaviourChecks,
} as const;

export type CheckName = keyof typeof clientChecks;

/** What one look has found. */
export interface Finding {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly seen: string;
  readonly expected?: string | undefined;
  readonly nextStep?: string | undefined;
}

/** What is as it should be. */
export const good = (name: CheckName, seen: string): Finding => ({ name, ok: true, seen });

/** What is not. */
export const bad = (
  name: CheckName,
  seen: string,
  more: { expected?: string | undefined; nextStep?: string | undefined } = {},
): Finding => ({ name, ok: false, seen, ...more });

/** One or the other. */
export const found = (name: CheckName, ok: boolean, seen: string): Finding => ({ name, ok, seen });
