/** Every endpoint of the operator API; each lives in a file of its own, named after what it does. */
import type { FastifyInstance } from 'fastify';
import { listAudit } from './audit/list.ts';
import { auditCheckpoint, verifyAudit } from './audit/verify.ts';
import { clientReceipt } from './clients/receipt.ts';
import { streamEvents } from './events/stream.ts';
import { createToken } from './tokens/create.ts';
import { listTokens } from './tokens/list.ts';
import { revokeToken } from './tokens/revoke.ts';
import { decideClient } from './clients/decide.ts';
import { deleteClient } from './clients/delete.ts';
import { listClients } from './clients/list.ts';
import { exportClient } from './clients/export.ts';
import { importClient } from './clients/import.ts';
import { moveClient } from './clients/move.ts';
import { rebindClient } from './clients/rebind.ts';
import { showClient } from './clients/show.ts';
import type { OperatorApi } from './context.ts';
import { addAuthority } from './device-authorities/add.ts';
import { putCrl } from './device-authorities/crl.ts';
import { deleteAuthority } from './device-authorities/delete.ts';
import { listAuthorities } from './device-authorities/list.ts';
import { labelClient } from './clients/label.ts';
import { showRules } from './rules/show.ts';
import { putRules } from './rules/put.ts';
import { rehearseRules } from './rules/rehearse.ts';
import { addSigner } from './signers/add.ts';
import { addRequirement } from './requirements/add.ts';
import { listRequirements } from './requirements/list.ts';
import { removeRequirement } from './requirements/remove.ts';
import { showRequirement } from './requirements/show.ts';
import { listSigners } from './signers/list.ts';
import { removeSigner } from './signers/remove.ts';
import { addTicket } from './tickets/add.ts';
import { listTickets } from './tickets/list.ts';
import { revokeTicket } from './tickets/revoke.ts';
import { listDriftAlerts } from './devices/alerts.ts';
import { exportDevices } from './devices/export.ts';
import { deviceFacets } from './devices/facets.ts';
import { listDevices } from './devices/list.ts';
import { deviceRevisions } from './devices/revisions.ts';
import { showDevice } from './devices/show.ts';
import { showDeviceTree } from './devices/tree.ts';
import { decideRequest } from './enrollments/decide.ts';
import { deleteEnrollment } from './enrollments/delete.ts';
import { listEnrollments } from './enrollments/list.ts';
import { showEnrollment } from './enrollments/show.ts';
import { showJoinString } from './instance/join-string.ts';
import { rotateTrust } from './instance/rotate.ts';
import { summary } from './instance/summary.ts';
import { showTrust } from './instance/trust.ts';
import { exportTrustPack } from './instance/trust-pack.ts';
import { whoAmI } from './instance/whoami.ts';
import { setLabels } from './labels/set.ts';
import { explainPlacement } from './placement/explain.ts';
import { queryPlacement } from './placement/query.ts';
import { addPreauthorizations } from './preauthorizations/add.ts';
import { admitRequestFile } from './preauthorizations/request.ts';
import { deletePreauthorization } from './preauthorizations/delete.ts';
import { listPreauthorizations } from './preauthorizations/list.ts';
import { listReservations } from './reservations/list.ts';
import { makeReservation } from './reservations/make.ts';
import { releaseReservation } from './reservations/release.ts';

import { addWebhook } from './webhooks/add.ts';
import { listDeadLetters } from './webhooks/dead-letters.ts';
import { deleteWebhook } from './webhooks/delete.ts';
import { listWebhooks } from './webhooks/list.ts';
import { retryDeadLetters } from './webhooks/retry.ts';
import { showWebhook } from './webhooks/show.ts';
import { switchWebhook } from './webhooks/switch.ts';
import { testWebhook } from './webhooks/test.ts';

type Endpoint = (app: FastifyInstance, api: OperatorApi) => void;

export const endpoints: readonly Endpoint[] = [
  listClients,
  showClient,
  moveClient,
  exportClient,
  importClient,
  rebindClient,
  listSigners,
  addSigner,
  removeSigner,
  decideClient,
  deleteClient,
  labelClient,
  clientReceipt,
  listEnrollments,
  showEnrollment,
  decideRequest,
  deleteEnrollment,
  listPreauthorizations,
  addPreauthorizations,
  admitRequestFile,
  deletePreauthorization,
  listAuthorities,
  addAuthority,
  putCrl,
  deleteAuthority,
  showRules,
  putRules,
  rehearseRules,
  addTicket,
  listTickets,
  revokeTicket,
  listDevices,
  showDevice,
  deviceFacets,
  exportDevices,
  deviceRevisions,
  showDeviceTree,
  listDriftAlerts,
  setLabels,
  queryPlacement,
  explainPlacement,
  makeReservation,
  listReservations,
  releaseReservation,
  addRequirement,
  listRequirements,
  showRequirement,
  removeRequirement,
  listAudit,
  verifyAudit,
  auditCheckpoint,
  streamEvents,
  listWebhooks,
  showWebhook,
  addWebhook,
  switchWebhook,
  deleteWebhook,
  testWebhook,
  listDeadLetters,
  retryDeadLetters,
  listTokens,
  createToken,
  revokeToken,
  showTrust,
  exportTrustPack,
  rotateTrust,
  showJoinString,
  summary,
  whoAmI,
];
