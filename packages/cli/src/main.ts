/** The muster command. */
import { Command, CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { json } from './ui.ts';

// The launcher's end, even by kill -9, is ours: no server may stay behind without its owner.
if (process.env['MUSTER_LAUNCHED'] === '1' && process.channel !== undefined) {
  process.channel.unref();
  process.once('disconnect', () => process.exit(exitCodes.other));
}

const groups = new Map<string, () => Promise<Command>>([
  ['wfm', async () => (await import('./commands/wfm/wfm.ts')).wfm],
  ['clients', async () => (await import('./commands/clients/clients.ts')).clients],
  ['preauthorize', async () => (await import('./commands/preauthorize/preauthorize.ts')).preauthorize],
  ['device-ca', async () => (await import('./commands/device-ca/device-ca.ts')).deviceCa],
  ['rules', async () => (await import('./commands/rules/rules.ts')).rules],
  ['devices', async () => (await import('./commands/devices/devices.ts')).devices],
  ['place', async () => (await import('./commands/place/place.ts')).place],
  ['reservations', async () => (await import('./commands/reservations/reservations.ts')).reservations],
  ['requirements', async () => (await import('./commands/requirements/requirements.ts')).requirements],
  ['audit', async () => (await import('./commands/audit/audit.ts')).audit],
  ['events', async () => (await import('./commands/events.ts')).events],
  ['webhooks', async () => (await import('./commands/webhooks/webhooks.ts')).webhooks],
  ['tokens', async () => (await import('./commands/tokens/tokens.ts')).tokens],
  ['tickets', async () => (await import('./commands/tickets/tickets.ts')).tickets],
  ['login', async () => (await import('./commands/login.ts')).login],
  ['logout', async () => (await import('./commands/logout.ts')).logout],
  ['signers', async () => (await import('./commands/signers/signers.ts')).signers],
  ['device', async () => (await import('./commands/device/device.ts')).device],
  ['start', async () => (await import('./commands/start.ts')).start],
]);

const program = new Command('muster')
  .description('Brings industrial edge devices into a managed fleet (Margo onboarding).')
  .addHelpText(
    'after',
    '\nFirst steps:\n  muster wfm start                    run a WFM\n  muster device join JOIN-STRING      join this machine\n  muster clients list                 see who waits\n  muster clients approve FINGERPRINT  let it in\n',
  );
// Only what was asked for is loaded: a command is quick, and a daemon small. For help and mistakes it is all of them.
const wanted = groups.get(process.argv[2] ?? '');
for (const load of wanted === undefined ? groups.values() : [wanted]) program.addCommand(await load());

function overrideExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(overrideExit);
}
overrideExit(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  const asked = error.code === 'commander.help' ? process.argv.length <= 2 : error.exitCode === 0;
  process.exitCode = asked ? exitCodes.ok : exitCodes.usage;
  // The words are on stderr already; whoever asked for JSON gets a document, too.
  if (!asked && process.argv.includes('--json')) {
    const message = error.message.replace(/^error: /, '');
    const nextStep = 'Look at the options: add --help';
    json({ error: { code: 'usage', message, nextStep, exitCode: exitCodes.usage } });
  }
}
