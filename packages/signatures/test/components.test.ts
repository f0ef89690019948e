/** The value of every derived component and supported parameter (RFC 9421 section 2). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signMessage } from '../src/index.ts';
import { pairs, signingKey } from './support.ts';
import type { Message } from '../src/types.ts';

const request: Message = {
  kind: 'request',
  method: 'POST',
  targetUri: 'https://WWW.example.com:443/path%2Fa?param=value&a=b%20c&empty=&odd=*!~%27+',
  fields: ['X-Two', ' a ', 'x-two', 'b', 'X-Empty', ''],
  trailers: ['X-Trailer', 't'],
};
const key = signingKey('ecdsa-p256-sha256', pairs['ecdsa-p256-sha256'].privateKey);
const lineOf = async (message: Message, component: string): Promise<string> => {
  const { base } = await signMessage(message, { key, components: [component], parameters: [] });
  return base.split('\n')[0] ?? '';
};

const cases: Array<[string, string]> = [
  ['@method', '"@method": POST'],
  [
    '@target-uri',
    '"@target-uri": https://WWW.example.com:443/path%2Fa?param=value&a=b%20c&empty=&odd=*!~%27+',
  ],
  ['@authority', '"@authority": www.example.com'],
  ['@scheme', '"@scheme": https'],
  ['@request-target', '"@request-target": /path%2Fa?param=value&a=b%20c&empty=&odd=*!~%27+'],
  ['@path', '"@path": /path%2Fa'],
  ['@query', '"@query": ?param=value&a=b%20c&empty=&odd=*!~%27+'],
  ['"@query-param";name="a"', '"@query-param";name="a": b%20c'],
  ['"@query-param";name="empty"', '"@query-param";name="empty": '],
  // The form-urlencoded set leaves `*` alone and encodes the other marks that encodeURIComponent does not.
  ['"@query-param";name="odd"', '"@query-param";name="odd": *%21%7E%27%20'],
  ['x-two', '"x-two": a, b'],
  ['x-empty', '"x-empty": '],
  ['"x-two";bs', '"x-two";bs: :YQ==:, :Yg==:'],
  ['"x-trailer";tr', '"x-trailer";tr: t'],
];

describe('components', () => {
  for (const [component, line] of cases)
    it(component, async () => assert.equal(await lineOf(request, component), line));
  it('@query of a target without one is a question mark, @path of none a slash', async () => {
    const bare: Message = { kind: 'request', method: 'GET', targetUri: 'https://a.example', fields: [] };
    assert.equal(await lineOf(bare, '@query'), '"@query": ?');
    assert.equal(await lineOf(bare, '@path'), '"@path": /');
  });
  it('a response covers its status and, by req, what it answers', async () => {
    const response: Message = { kind: 'response', status: 201, fields: [], request };
    assert.equal(await lineOf(response, '@status'), '"@status": 201');
    assert.equal(await lineOf(response, '"@method";req'), '"@method";req: POST');
    assert.equal(await lineOf(response, '"x-two";req'), '"x-two";req: a, b');
    await assert.rejects(lineOf(response, '@method'), { code: 'component-unknown' });
    await assert.rejects(lineOf({ kind: 'response', status: 200, fields: [] }, '"@method";req'), {
      code: 'component-parameter-unsupported',
    });
  });
});
