/** A real WFM that serves the built console, devices that really join it, and pages on which nothing may go wrong. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { join as joinDevice, type Joined, prepareIdentity } from '@muster/device';
import type { Browser, Page } from 'playwright-core';
import { type Rig, startRig } from '../../../wfm/test/support/wfm.ts';

const folder = new URL('../../dist', import.meta.url).pathname;

/** A device that asks to be let in, and what has become of that. */
export interface Asking {
  /** The words that it shows. */
  readonly words: Promise<readonly string[]>;
  /** Rejects with what it tells whoever stands in front of it. */
  readonly joined: Promise<Joined>;
}

export interface ConsoleRig {
  readonly wfm: Rig;
  readonly url: string;
  readonly adminToken: string;
  tokenFor(role: 'viewer' | 'operator' | 'admin'): Promise<string>;
  /** Starts to join with a key of its own. @param deviceId also in the subject of its certificate */
  device(deviceId: string): Promise<Asking>;
  /** A page of a browser that has seen nothing yet. @param path below /console/ */
  open(path: string, token?: string): Promise<Page>;
  /** Fails on what went wrong on any page so far; then closes them. */
  closePages(): Promise<void>;
  stop(): Promise<void>;
}

/** @param browser stays open */
export async function startConsole(browser: Browser): Promise<ConsoleRig> {
  const wfm = await startRig({ console: folder });
  const states = await mkdtemp(join(tmpdir(), 'muster-console-'));
  const ending = new AbortController();
  const adminToken = (await readFile(wfm.wfm.operatorTokenFile, 'utf8')).trim();
  const url = `${wfm.wfm.operatorUrl}/console/`;
  const wrong: string[] = [];
  const pages: Page[] = [];
  let count = 0;

  function watch(page: Page): void {
    page.on('pageerror', (error) => wrong.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      // The browser itself notes each answer that is a refusal; what the page makes of it is what is tested.
      const isRefusal = message
        .text()
        .startsWith('Failed to load resource: the server responded with a status of 4');
      if (message.type() === 'error' && !isRefusal) wrong.push(`${page.url()}: ${message.text()}`);
    });
  }

  return {
    wfm,
    url,
    adminToken,
    async tokenFor(role) {
      const made = await wfm.operator('POST', '/tokens', { name: `${role} ${count++}`, role });
      return String(made.body['token']);
    },
    async device(deviceId) {
      const stateDirectory = join(states, String(count++));
      await prepareIdentity({ stateDirectory, deviceId });
      let tell: (words: readonly string[]) => void = () => undefined;
      const words = new Promise<readonly string[]>((resolve) => (tell = resolve));
      const joined = joinDevice({
        stateDirectory,
        deviceId,
        trust: { joinString: wfm.wfm.joinString },
        signal: ending.signal,
        onEvent: (event) => {
          if (event.event === 'pending') tell(event.words);
        },
      });
      joined.catch(() => undefined);
      return { words, joined };
    },
    async open(path, token) {
      const context = await browser.newContext({
        ignoreHTTPSErrors: true,
        locale: 'en-US',
        viewport: { width: 1280, height: 800 },
      });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      pages.push(page);
      watch(page);
      await page.goto(`${url}${path}${token === undefined ? '' : `#token=${token}`}`);
      return page;
    },
    async closePages() {
      for (const page of pages.splice(0)) await page.context().close();
      assert.deepEqual(wrong.splice(0), []);
    },
    async stop() {
      ending.abort();
      await wfm.stop();
      await rm(states, { recursive: true, force: true });
    },
  };
}
