/** The muster command. */
import { Command, CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { audit } from './commands/audit/audit.ts';
import { clients } from './commands/clients/clients.ts';
import { device } from './commands/device/device.ts';
import { deviceCa } from './commands/device-ca/device-ca.ts';
import { devices } from './commands/devices/devices.ts';
import { events } from './commands/events.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { place } from './commands/place/place.ts';
import { preauthorize } from './commands/preauthorize/preauthorize.ts';
import { requirements } from './commands/requirements/requirements.ts';
import { reservations } from './commands/reservations/reservations.ts';
import { rules } from './commands/rules/rules.ts';
import { start } from './commands/start.ts';
import { json } from './ui.ts';
import { signers } from './commands/signers/signers.ts';
import { tokens } from './commands/tokens/tokens.ts';
import { webhooks } from './commands/webhooks/webhooks.ts';
import { wfmDoctor } from './commands/wfm/doctor.ts';
import { wfmStart } from './commands/wfm/start.ts';
import { wfmJoinString } from './commands/wfm/join-string.ts';
import { wfmTrust } from './commands/wfm/trust.ts';

// The launcher's end, even by kill -9, is ours: no server may stay behind without its owner.
if (process.env['MUSTER_LAUNCHED'] === '1' && process.channel !== undefined) {
  process.channel.unref();
  process.once('disconnect', () => process.exit(exitCodes.other));
}

const wfm = new Command('wfm')
  .description('the Workload Fleet Manager')
  .addCommand(wfmStart)
  .addCommand(wfmJoinString)
  .addCommand(wfmTrust)
  .addCommand(wfmDoctor);

const program = new Command('muster')
  .description('Brings industrial edge devices into a managed fleet (Margo onboarding).')
  .addHelpText(
    'after',
    '\nFirst steps:\n  muster wfm start                    run a WFM\n  muster device join JOIN-STRING      join this machine\n  muster clients list                 see who waits\n  muster clients approve FINGERPRINT  let it in\n',
  );
for (const one of [
  wfm,
  clients,
  preauthorize,
  deviceCa,
  rules,
  devices,
  place,
  reservations,
  requirements,
  audit,
  events,
  webhooks,
  tokens,
  login,
  logout,
  signers,
  device,
  start,
])
  program.addCommand(one);

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
