// Started by `npm run api`. What a WFM serves becomes docs/operator-api.json, and that the types that packages/cli and packages/console share.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startWfm } from '@muster/wfm';
import openapiTS, { astToString } from 'openapi-typescript';

const root = join(import.meta.dirname, '..', '..');
const data = await mkdtemp(join(tmpdir(), 'muster-api-'));
const wfm = await startWfm({
  data,
  deviceListen: '127.0.0.1:0',
  operatorListen: '127.0.0.1:0',
  logLevel: 'silent',
});
const ca = await readFile(wfm.operatorCaFile);
const answer = await new Promise((resolve, reject) => {
  request(`${wfm.operatorUrl}/operator/v1/openapi.json`, { ca, agent: false }, resolve)
    .on('error', reject)
    .end();
});
const document = JSON.parse(await text(answer));
await wfm.close();
await rm(data, { recursive: true });

const description = `${JSON.stringify(document, null, 2)}\n`;
await writeFile(join(root, 'docs', 'operator-api.json'), description);
const digest = createHash('sha256').update(description).digest('hex');
const types = astToString(await openapiTS(document));
await writeFile(
  join(root, 'docs', 'operator-api.d.ts'),
  `// Made by: npm run api\n// From docs/operator-api.json, sha256:${digest}\n\n${types}`,
);
process.stdout.write('written: docs/operator-api.json, docs/operator-api.d.ts\n');
