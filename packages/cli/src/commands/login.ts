import type { paths } from '../api/typed.ts';
import { type Common, command } from '../command.ts';
import { operatorAddress } from '../operator-client.ts';
import { refused } from '../operator-error.ts';
import { sessionFile, writeSession } from '../session/file.ts';
import { json, say, tick } from '../ui.ts';

interface Flags extends Common {
  readonly device?: boolean;
  readonly clientSecretFile?: string;
}

type Login = paths['/operator/v1/login']['get']['responses'][200]['content']['application/json'];

/** Asks the WFM which provider its operators log in with. */
async function askWfm(url: string, ca: string | null): Promise<Login> {
  const address = `${url}/operator/v1/login`;
  const o = { method: 'GET', headers: {}, body: undefined, redirect: 'manual' } as const;
  const { httpsFetch } = await import('../session/provider.ts');
  const answer = await httpsFetch(ca)(address, o);
  const body: unknown = await answer.json();
  if (!answer.ok) throw refused(answer.status, body);
  return body as Login;
}

export const login = command<Flags>(
  'login',
  'log in with the OpenID provider of the WFM',
  (c) =>
    c
      .option('--device', 'with a browser on another machine, by a code')
      .option('--client-secret-file <file>', 'secret of a client that is not public')
      .option('--data <dir>', 'data folder of a WFM on this machine'),
  async (_args, options) => {
    // Loaded here, so that other commands do not wait for it.
    const { bearerOf, discover } = await import('../session/provider.ts');
    const { byBrowser, byCode } = await import('../session/flows.ts');
    const { url, ca } = operatorAddress({ data: options.data, env: process.env });
    const { scopes, ...found } = await askWfm(url, ca ?? null);
    const access = { ...found, clientSecretFile: options.clientSecretFile ?? null };
    const provider = await discover(access);
    const show = (address: string, code?: string): void => {
      if (options.json === true) json({ event: 'open', url: address, code });
      else say(`Open this in a browser:\n  ${address}${code === undefined ? '' : `\nThe code is ${code}`}`);
    };
    const flow = options.device === true ? byCode : byBrowser;
    const tokens = await flow(provider, access, scopes, show);
    const session = {
      ...access,
      operatorUrl: url,
      operatorCa: ca ?? null,
      ...bearerOf(access, tokens, null),
    };
    await writeSession(sessionFile(process.env), session);
    const who = tokens.claims();
    if (options.json === true) json({ event: 'logged-in', operatorUrl: url, subject: who?.sub });
    else tick('logged in', `${who?.sub ?? ''} at ${url}`);
  },
);
