/** What a check of a client is made of. */
import type { Check } from '../../report.ts';

/** A check with what it wants, and what to do where it fails; a finding may say it more exactly. */
export interface ClientCheck {
  readonly check: Check;
  readonly expected: string;
  readonly nextStep: string;
}

// The documents of the standard.
export const security = 'Margo: API Requirements and Security Details';
export const onboarding = 'Margo: Device Client Onboarding';
export const capabilities = 'Margo: Device Capabilities';
export const contract = 'Margo: Workload Management API 1.0.0 (OpenAPI)';

const made =
  (level: Check['level']) =>
  (id: string, title: string, source: string, expected: string, nextStep: string): ClientCheck => ({
    check: { id, title, level, source },
    expected,
    nextStep,
  });
/** What the standard states. */
export const must = made('must');
/** What it leaves open, and serves both ends. */
export const should = made('should');
