import { after } from 'node:test';
import { startPostgres } from '../support/postgres.ts';
import { auditQuestions } from './audit.ts';
import { storeContract } from './contract.ts';
import { storeRaces } from './races.ts';

const server = await startPostgres();
let count = 0;
storeContract('PostgreSQL', 2, () => server.database(`store${count++}`));
auditQuestions('PostgreSQL', () => server.database('audit'));
// Who wins does not depend on when it is on disk.
storeRaces('PostgreSQL', 2, 0.1, async () => {
  const url = await server.database('races');
  return `${url}?options=${encodeURIComponent('-c synchronous_commit=off')}`;
});
// Registered after the suite, so the stores are closed before the server stops.
after(() => server.stop());
