import { after } from 'node:test';
import { startPostgres } from '../support/postgres.ts';
import { storeContract } from './contract.ts';

const server = await startPostgres();
let count = 0;
storeContract('PostgreSQL', 2, () => server.database(`store${count++}`));
// Registered after the suite, so the stores are closed before the server stops.
after(() => server.stop());
