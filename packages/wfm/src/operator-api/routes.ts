/** Every endpoint of the operator API; each lives in a file of its own, named after what it does. */
import type { FastifyInstance } from 'fastify';
import { listAudit } from './audit/list.ts';
import { verifyAudit } from './audit/verify.ts';
import { decideClient } from './clients/decide.ts';
import { deleteClient } from './clients/delete.ts';
import { listClients } from './clients/list.ts';
import { moveClient } from './clients/move.ts';
import { showClient } from './clients/show.ts';
import type { OperatorApi } from './context.ts';
import { listDevices } from './devices/list.ts';
import { showDevice } from './devices/show.ts';
import { decideRequest } from './enrollments/decide.ts';
import { deleteEnrollment } from './enrollments/delete.ts';
import { listEnrollments } from './enrollments/list.ts';
import { showEnrollment } from './enrollments/show.ts';
import { showJoinString } from './instance/join-string.ts';
import { showTrust } from './instance/trust.ts';
import { addPreauthorizations } from './preauthorizations/add.ts';
import { deletePreauthorization } from './preauthorizations/delete.ts';
import { listPreauthorizations } from './preauthorizations/list.ts';

type Endpoint = (app: FastifyInstance, api: OperatorApi) => void;

export const endpoints: readonly Endpoint[] = [
  listClients,
  showClient,
  moveClient,
  decideClient,
  deleteClient,
  listEnrollments,
  showEnrollment,
  decideRequest,
  deleteEnrollment,
  listPreauthorizations,
  addPreauthorizations,
  deletePreauthorization,
  listDevices,
  showDevice,
  listAudit,
  verifyAudit,
  showTrust,
  showJoinString,
];
