/** What the device's commands share: their options, and whom they may ask. */
import { type Command, Option } from 'commander';
import { command, type Common } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';

export interface DeviceOptions extends Common {
  readonly state: string;
  readonly askPassphrase?: boolean;
}

/** The device's state folder that commands use when none is given. */
const defaultState = process.env['MUSTER_STATE'] ?? './.muster/device';

/** What opens the key may be typed, where there is somebody to type it; what protects a new one, on demand only. */
async function letAsk(isForNew: boolean): Promise<void> {
  const { askSecret, canAsk } = await import('../../prompt.ts');
  if (canAsk()) {
    const { askForSecrets } = await import('@muster/device');
    askForSecrets(async (what, isNew) => (isNew && !isForNew ? undefined : askSecret(what, isNew)));
  } else if (isForNew) {
    throw new UsageError(
      'There is no terminal at which a passphrase could be typed.',
      'Name a file with it in MUSTER_KEY_PASSPHRASE_FILE.',
    );
  }
}

/** A command about the device in a state folder: adds --state, and a person who may be asked for secrets. */
export const deviceCommand = <Options extends DeviceOptions>(
  name: string,
  summary: string,
  setUp: (c: Command) => Command,
  run: (args: string[], options: Options) => Promise<void>,
): Command =>
  command<Options>(
    name,
    summary,
    (c) =>
      setUp(c.option('--state <dir>', 'folder for the key and the binding ($MUSTER_STATE)', defaultState)),
    async (args, o) => {
      await letAsk(o.askPassphrase === true);
      await run(args, o);
    },
  );

/** The kinds of keys that are made here. */
export const keyTypes = ['p256', 'p384', 'rsa2048', 'rsa3072'] as const;

/** What a command that makes a key is told of it. */
export interface KeyMakingOptions extends DeviceOptions {
  readonly keyType?: (typeof keyTypes)[number];
}

/** Adds --key-type and --ask-passphrase. */
export const withKeyMaking = (c: Command): Command =>
  c
    .addOption(new Option('--key-type <type>', 'kind of key to make').choices(keyTypes))
    .option('--ask-passphrase', 'ask for a passphrase that encrypts the file of a new key');

/** What a command that makes this device what it is, is told of it. */
export interface NewDeviceOptions extends KeyMakingOptions {
  readonly deviceId?: string;
}

/** Adds --device-id, --key-type and --ask-passphrase. */
export const withNewDevice = (c: Command): Command =>
  withKeyMaking(c).option('--device-id <id>', 'id of this device');

/** Adds --key. */
export const withToken = (c: Command): Command =>
  c.option(
    '--key <uri>',
    'key in a token, made there when there is none: pkcs11:token=…;object=…?module-path=…',
  );

/** Adds --key-file and --cert-file. */
export const withOwnKey = (c: Command): Command =>
  c
    .option('--key-file <file>', 'own private key (PKCS#8 PEM, mode 600)')
    .option('--cert-file <file>', 'certificate of the own key');

/** Adds --capabilities. */
export const withCapabilities = (c: Command): Command =>
  c.option('--capabilities <file>', 'YAML file that overrides or caps what is reported');

/** Adds --capabilities and --inventory. */
export const withOffer = (c: Command): Command =>
  withCapabilities(c).option(
    '--inventory <path>',
    'what is behind this gateway: a YAML file, or a directory with a file per child',
  );
