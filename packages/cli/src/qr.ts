/** Join strings as QR pictures: drawn for people and printers, and read back from a PNG. */
import { open } from 'node:fs/promises';
import { UsageError } from './exit-codes.ts';

/** A screenshot of a large screen is smaller; whoever sends more wants something else. */
const maximumBytes = 8 * 1024 * 1024;
const maximumSide = 4096;
/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const border = 4;
const scale = 8;

/** Draws for a terminal; the colours are set, so that light stays light on any background. */
export async function terminalQr(text: string): Promise<string> {
  const { encodeQR } = await import('qr');
  const lines = encodeQR(text, 'ascii', { border: 2 }).trimEnd().split('\n');
  return `${lines.map((line) => `\u001b[97;40m${line}\u001b[0m`).join('\n')}\n`;
}

/**
 * Draws a picture of the kind that the file's name asks for.
 * @throws UsageError when that is neither .png nor .svg
 */
export async function qrPicture(text: string, file: string): Promise<Buffer> {
  const { encodeQR } = await import('qr');
  if (/\.svg$/i.test(file)) return Buffer.from(encodeQR(text, 'svg', { border }));
  if (!/\.png$/i.test(file))
    throw new UsageError(
      `The picture ${file} is neither .png nor .svg.`,
      'Give --qr-file FILE.png or FILE.svg.',
    );
  const { PNG } = await import('pngjs');
  const modules = encodeQR(text, 'raw', { border });
  const side = modules.length * scale;
  const png = new PNG({ width: side, height: side, colorType: 0 });
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const isDark = modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      png.data.fill(isDark ? 0 : 255, (y * side + x) * 4, (y * side + x) * 4 + 3);
      png.data[(y * side + x) * 4 + 3] = 255;
    }
  return PNG.sync.write(png, { colorType: 0 });
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

async function readPicture(file: string): Promise<Buffer> {
  const handle = await open(file).catch((error: unknown) => {
    throw new UsageError(
      `The picture ${file} cannot be read: ${error instanceof Error ? error.message : ''}`,
      'Check the path.',
    );
  });
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, maximumBytes + 1));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    if (bytesRead > maximumBytes)
      throw new UsageError(
        `The picture ${file} has ${size} bytes; at most ${maximumBytes} are read.`,
        'Cut out the QR code, or save it smaller.',
      );
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Reads the text of a QR code in a PNG, of at most 8 MiB and 4096 × 4096 points.
 * @throws UsageError
 */
export async function readQrPicture(file: string): Promise<string> {
  const bytes = await readPicture(file);
  // The size stands at the front (PNG section 11.2.2): it is known before anything is unpacked.
  if (bytes.length < 29 || !bytes.subarray(0, 8).equals(signature))
    throw new UsageError(`The file ${file} is no PNG picture.`, 'Save it as PNG.');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width === 0 || height === 0 || width > maximumSide || height > maximumSide)
    throw new UsageError(
      `The picture ${file} has ${width} × ${height} points; at most ${maximumSide} × ${maximumSide} are read.`,
      'Cut out the QR code, or save it smaller.',
    );
  // The unpacked size of an interlaced picture is not bounded by the library.
  if (bytes[28] !== 0)
    throw new UsageError(
      `The picture ${file} is interlaced.`,
      'Save it as a plain PNG, without interlacing.',
    );
  const { PNG } = await import('pngjs');
  let picture: { width: number; height: number; data: Uint8Array };
  try {
    picture = PNG.sync.read(bytes);
  } catch (error) {
    throw new UsageError(
      `The picture ${file} is damaged: ${error instanceof Error ? error.message : ''}`,
      'Make it again: muster wfm join-string --qr-file FILE.png',
    );
  }
  const { decodeQR } = await import('qr/decode.js');
  try {
    return decodeQR(picture);
  } catch {
    throw new UsageError(
      `There is no QR code in ${file} that can be read.`,
      'Take the picture straight, sharp and with a light edge around it; or make it again: muster wfm join-string --qr-file FILE.png',
    );
  }
}
