import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { placementContract } from './contract.ts';

const directory = await mkdtemp(join(tmpdir(), 'muster-placement-'));
let count = 0;
placementContract('SQLite', 40, 1, () => Promise.resolve(`sqlite:${join(directory, `${count++}.db`)}`));
after(() => rm(directory, { recursive: true, force: true }));
