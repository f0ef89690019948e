import { after } from 'node:test';
import { startPostgres } from '../support/postgres.ts';
import { placementContract } from './contract.ts';

const server = await startPostgres();
let count = 0;
placementContract('PostgreSQL', 12, 2, () => server.database(`placement${count++}`));
after(() => server.stop());
