/** The operator's console: files that hold no data and need no token; what they show comes from the API, with one. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';

/** Scripts and data come from here alone, and no other page may frame, fill or send this one (CSP Level 3). */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  // The component library writes style elements and attributes.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** A file of the build: plain names, none of which leads out of the folder. */
const isPlain = (path: string): boolean => /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(path);

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/**
 * Serves the console below /console/: its files, and its first page for every other path, which is a page's address.
 * @param folder of the build; null for none
 */
export async function serveConsole(app: FastifyInstance, folder: string | null): Promise<void> {
  const root = folder === null ? null : resolve(folder);
  await app.register(async (scope) => {
    if (root !== null) await scope.register(fastifyStatic, { root, serve: false });
    scope.addHook('onRequest', async (_request, reply) => void reply.headers(headers));

    async function send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      const { '*': path = '' } = request.params as { '*'?: string };
      if (root === null || !(await isFile(join(root, 'index.html'))))
        throw new HttpProblem('route-not-found', {
          detail:
            root === null
              ? 'This WFM was started without a console. Name its built folder: --console DIR'
              : `There is no built console in the folder that --console names. Build it: npm run console`,
        });
      // The name of what is in assets/ changes with its content; what is not there any more is no page.
      if (path.startsWith('assets/')) {
        if (!isPlain(path) || !(await isFile(join(root, path))))
          throw new HttpProblem('route-not-found', { detail: 'Reload the page: the console has changed.' });
        return reply.sendFile(path, { immutable: true, maxAge: '365d' });
      }
      const file = isPlain(path) && (await isFile(join(root, path))) ? path : 'index.html';
      reply.header('cache-control', 'no-cache');
      return reply.sendFile(file, { cacheControl: false });
    }
    const schema = { hide: true };
    scope.get('/console/*', { schema }, send);
    for (const path of ['/', '/console'])
      scope.get(path, { schema }, (_request, reply) => reply.redirect('/console/'));
  });
}
