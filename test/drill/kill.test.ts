import { it } from 'node:test';
import { drill } from './drill.ts';

const kills = Number(process.env['MUSTER_DRILL_KILLS'] ?? 15);
it(`survives ${kills} kills at random moments, on SQLite`, (t) => drill(t, kills));
