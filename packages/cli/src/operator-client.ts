/** The operator API as commands use it. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type TypedApi, typedApi } from './api/typed.ts';
import { type Exchanges, openExchanges } from './exchange.ts';
import { UsageError } from './exit-codes.ts';
import { connectionError, OperatorError } from './operator-error.ts';
import { sessionBearer } from './session/bearer.ts';
import { readSession, sessionFile } from './session/file.ts';

/** Where the WFM is and how to prove oneself to it. */
interface OperatorAccess {
  /** The data folder of a WFM on this machine. */
  readonly data?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

export interface OperatorClient {
  /** The operations of the operator API by path, checked against its description; `answerOf` unwraps what comes. */
  readonly api: TypedApi;
  close(): void;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The data folder that commands use when none is given. */
function defaultData(env: NodeJS.ProcessEnv): string {
  return env['MUSTER_DATA'] ?? './.muster/wfm';
}

interface Address {
  readonly url: string;
  /** PEM; undefined for public CAs. */
  readonly ca: string | undefined;
}

function noWfm(missing: string, data: string): OperatorError {
  return new OperatorError('unreachable', 'no-wfm', 'There is no WFM to talk to.', {
    seen: `no ${missing} in ${data}`,
    nextStep:
      'Start one (muster wfm start), name its folder (--data DIR), or set MUSTER_OPERATOR_URL, MUSTER_OPERATOR_TOKEN and MUSTER_OPERATOR_CA.',
  });
}

/** @throws UsageError for what can be no address of an operator API */
function checkedUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // In the clear the token goes no further than this machine, to a tunnel or proxy on it.
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(parsed?.hostname ?? '');
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isHere))
    return url.replace(/\/+$/, '');
  throw new UsageError(
    `${url.slice(0, 100)} is no address of an operator API.`,
    'Set MUSTER_OPERATOR_URL to such as https://wfm.example:8444',
  );
}

/** @throws UsageError for what cannot stand in a header field; the text is a secret, and not told */
function checkedToken(token: string): string {
  if (/^[!-~]+$/.test(token)) return token;
  throw new UsageError(
    'MUSTER_OPERATOR_TOKEN holds no operator token.',
    'Set it to the one line that was printed: muster tokens create',
  );
}

/** Whoever names a CA does not mean the public ones. @throws UsageError */
function namedCa(path: string): string {
  const ca = read(path);
  if (ca !== undefined) return ca;
  throw new UsageError(
    `The CA file ${path} cannot be read.`,
    'Set MUSTER_OPERATOR_CA to the operator-ca.pem of the WFM, or unset it for a public CA.',
  );
}

/**
 * Where the operator API is: by environment, by the files of a WFM on this machine, or by who is logged in.
 * @throws OperatorError when there is nothing to connect to; UsageError when the CA that is named cannot be read
 */
export function operatorAddress(o: OperatorAccess): Address {
  const data = o.data ?? defaultData(o.env);
  const session = readSession(sessionFile(o.env));
  const given = o.env['MUSTER_OPERATOR_URL'] ?? read(join(data, 'operator-url')) ?? session?.operatorUrl;
  if (given === undefined) throw noWfm('operator-url', data);
  const url = checkedUrl(given);
  const named = o.env['MUSTER_OPERATOR_CA'];
  if (named !== undefined) return { url, ca: namedCa(named) };
  const ofSession = session?.operatorUrl === url ? session.operatorCa : null;
  return { url, ca: read(join(data, 'operator-ca.pem')) ?? ofSession ?? undefined };
}

/** The token: by environment, by who is logged in at this very WFM, or of the first administrator. */
function bearerFor(o: OperatorAccess, url: string): () => Promise<string> {
  const given = o.env['MUSTER_OPERATOR_TOKEN'];
  if (given !== undefined) {
    const token = checkedToken(given);
    return () => Promise.resolve(token);
  }
  const file = sessionFile(o.env);
  const session = readSession(file);
  if (session?.operatorUrl === url) return sessionBearer(file, session);
  const data = o.data ?? defaultData(o.env);
  const token = read(join(data, 'operator-token'));
  if (token === undefined) throw noWfm('operator-token', data);
  return () => Promise.resolve(token);
}

/**
 * Opens the operator API: by environment, by who is logged in, or by the files of a WFM on this machine.
 * @throws OperatorError when there is nothing to connect to
 */
export function operatorClient(o: OperatorAccess): OperatorClient {
  const { url, ca } = operatorAddress(o);
  const bearer = bearerFor(o, url);
  let exchanges: Exchanges | undefined;

  async function send(
    method: string,
    path: string,
    { body, signal }: { body: string | undefined; signal: AbortSignal },
  ): Promise<IncomingMessage> {
    const token = await bearer();
    exchanges ??= await openExchanges(url.startsWith('https:'), ca);
    try {
      return await exchanges.exchange(`${url}/operator/v1${path}`, {
        method,
        signal,
        body,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      });
    } catch (error) {
      throw connectionError(error, `The operator API at ${url}`, {
        trust: 'Set MUSTER_OPERATOR_CA to the operator-ca.pem of the WFM.',
        unreachable: 'Check that the WFM runs: muster wfm start',
      });
    }
  }

  return { api: typedApi(send), close: () => exchanges?.close() };
}
