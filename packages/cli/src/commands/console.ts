import { randomBytes } from 'node:crypto';
import { Option } from 'commander';
import { answerOf } from '../api/typed.ts';
import { type Common, operatorCommand } from '../command.ts';
import { hoursOf } from '../numbers.ts';
import { operatorAddress } from '../operator-client.ts';
import { json, say } from '../ui.ts';

interface Flags extends Common {
  readonly role: 'viewer' | 'operator' | 'admin';
  readonly hours: string;
}

export const console = operatorCommand<Flags>(
  'console',
  'print a link that opens the console, signed in; its token ends by itself',
  (c) =>
    c
      .addOption(
        new Option('--role <role>', 'what may be done there')
          .choices(['viewer', 'operator', 'admin'])
          .default('admin'),
      )
      .option('--hours <n>', 'how long it counts', '12'),
  async ({ api }, _args, o) => {
    const days = hoursOf(o.hours) / 24;
    const { url } = operatorAddress({ data: o.data, env: process.env });
    const name = `console-${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
    const { token, expiresAt, role } = await answerOf(
      api.POST('/operator/v1/tokens', { body: { name, role: o.role, days } }),
    );
    // A fragment is sent to no server, and the page removes it from the address.
    const link = `${url}/console/#token=${token}`;
    if (o.json === true) {
      json({ event: 'console', url: link, name, role, expiresAt });
      return;
    }
    process.stdout.write(`${link}\n`);
    say(`Whoever has this link is signed in as ${name} (${role}) until ${expiresAt ?? 'it is revoked'}.`);
    say(`To end it sooner: muster tokens revoke ${name}`);
    say(
      'The browser does not know the root CA of this WFM yet: see docs/console.md, or compare its fingerprint.',
    );
  },
);
