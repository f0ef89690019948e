import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { storeContract } from './contract.ts';
import { storeRaces } from './races.ts';

const directory = await mkdtemp(join(tmpdir(), 'muster-store-'));
after(() => rm(directory, { recursive: true, force: true }));
let count = 0;
storeContract('SQLite', 1, () => Promise.resolve(`sqlite:${join(directory, `${count++}.db`)}`));
// Who wins does not depend on the disk.
storeRaces('SQLite', 1, 0.9, () => Promise.resolve('sqlite::memory:'));
