/** The muster command. */
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { exitCodes } from './exit-codes.ts';
import { groups } from './groups.ts';
import { json } from './ui.ts';

// The launcher's end, even by kill -9, is ours: no server may stay behind without its owner.
if (process.env['MUSTER_LAUNCHED'] === '1' && process.channel !== undefined) {
  process.channel.unref();
  process.once('disconnect', () => process.exit(exitCodes.other));
}

// Whoever has read enough of the output is gone. A command that only tells ends then; one that runs goes on without telling.
const goesOn = ['wfm', 'device', 'start'].includes(process.argv[2] ?? '');
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!goesOn) process.exit(process.exitCode);
  });

const program = new Command('muster')
  .version(manifest.version)
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
