import { answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';

interface Flags extends Common {
  readonly qr?: boolean;
  readonly qrFile?: string;
}

export const wfmJoinString = operatorCommand<Flags>(
  'join-string',
  'print the line to paste on a device, or draw it as a QR code',
  (c) =>
    c
      .option('--qr', 'draw it as a QR code in this terminal, too')
      .option('--qr-file <file>', 'write it as a picture: FILE.png or FILE.svg'),
  async ({ api }, _args, options) => {
    const answer = await answerOf(api.GET('/operator/v1/join-string'));
    const line = answer.joinString;
    if (options.qrFile !== undefined) {
      const { qrPicture } = await import('../../qr.ts');
      const { writeFileAtomic } = await import('@muster/pki');
      await writeFileAtomic(options.qrFile, await qrPicture(line, options.qrFile), 0o644);
    }
    if (options.json === true) {
      json(answer);
      return;
    }
    if (options.qr === true) process.stdout.write(await (await import('../../qr.ts')).terminalQr(line));
    process.stdout.write(`${line}\n`);
    if (options.qrFile !== undefined) tick('QR code', options.qrFile);
  },
);
