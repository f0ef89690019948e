/** What the WFM keeps, in words of the domain. Times are integer milliseconds since 1970; hashes are hex. */
import type { AdmissionStore } from './ports/admission.ts';
import type { AuditStore } from './ports/audit.ts';
import type { ClientStore } from './ports/clients.ts';
import type { DeviceStore } from './ports/devices.ts';
import type { EnrollmentStore } from './ports/enrollments.ts';
import type { FleetStore, LabelStore, ReservationStore } from './ports/inventory.ts';
import type { MovingStore } from './ports/moving.ts';
import type { PreauthorizationStore } from './ports/preauthorizations.ts';
import type { ReplayStore } from './ports/replay.ts';
import type { RequirementStore } from './ports/requirements.ts';
import type { SignerStore } from './ports/signers.ts';
import type { TokenStore } from './ports/tokens.ts';
import type { WebhookStore } from './ports/webhooks.ts';

export type * from './ports/admission.ts';
export type * from './ports/applicants.ts';
export type * from './ports/audit.ts';
export type * from './ports/clients.ts';
export type * from './ports/devices.ts';
export type * from './ports/enrollments.ts';
export type * from './ports/paging.ts';
export type * from './ports/preauthorizations.ts';
export type * from './ports/replay.ts';
export type * from './ports/signers.ts';
export type * from './ports/tokens.ts';

export interface Store {
  readonly signers: SignerStore;
  readonly clients: ClientStore;
  readonly moving: MovingStore;
  readonly enrollments: EnrollmentStore;
  readonly devices: DeviceStore;
  readonly fleet: FleetStore;
  readonly labels: LabelStore;
  readonly reservations: ReservationStore;
  readonly requirements: RequirementStore;
  readonly preauthorizations: PreauthorizationStore;
  readonly replay: ReplayStore;
  readonly tokens: TokenStore;
  readonly admission: AdmissionStore;
  readonly audit: AuditStore;
  readonly webhooks: WebhookStore;
  /** For short questions that are asked at once: each costs less than on its own. */
  together<T>(ask: (store: Pick<Store, 'fleet' | 'reservations'>) => Promise<T>): Promise<T>;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
