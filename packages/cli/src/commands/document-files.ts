/** Files with applications and with capabilities, as commands read them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Application,
  type ApplicationShape,
  type Capabilities,
  LocatedDocument,
  type LocatedProblem,
  parseApplication,
  parseCapabilitiesText,
  ProtocolError,
} from '@muster/protocol';
import { UsageError } from '../exit-codes.ts';
import { readOwnFile } from '../own-file.ts';
import { safe, say } from '../ui.ts';

/** As much as the WFM takes. */
const maximumDocument = 1_048_576;

/** The text of a file. @throws UsageError that names it */
async function readText(path: string): Promise<string> {
  const nextStep = 'Name a file with an application, or with capabilities.';
  const bytes = await readOwnFile(path, maximumDocument, nextStep);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`The file ${path} is not in UTF-8.`, 'Save it in UTF-8.');
  }
}

/** Tells every fault of a file with its line. @throws UsageError */
function located<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const problems = error.problems as readonly LocatedProblem[];
    for (const p of problems)
      say(safe(`${path}:${p.line}:${p.column}: ${p.field === '' ? '' : `${p.field} `}${p.message}`));
    const message = `${error.message} ${problems.length} ${problems.length === 1 ? 'fault' : 'faults'}.`;
    throw new UsageError(message, error.nextStep, { file: path, problems });
  }
}

/** An ApplicationDescription, an ApplicationDeployment or bare requirements, before anything is sent. @throws UsageError */
export async function readApplication(
  path: string,
  shape?: ApplicationShape,
): Promise<{ text: string; application: Application }> {
  const text = await readText(path);
  return { text, application: located(path, () => parseApplication(text, shape)) };
}

/** A capability document, as it is written and as it is read. @throws UsageError */
export async function readCapabilities(
  path: string,
): Promise<{ document: object; capabilities: Capabilities }> {
  const text = await readText(path);
  return located(path, () => ({
    capabilities: parseCapabilitiesText(text, { route: 'device' }).capabilities,
    document: new LocatedDocument(text).value as object,
  }));
}

/** Every capability document of a folder. @throws UsageError */
export async function readFleet(folder: string): Promise<Capabilities[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw new UsageError(
      `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name a folder with capability documents (*.json).',
    );
  }
  const fleet: Capabilities[] = [];
  for (const name of names.filter((one) => one.endsWith('.json')).sort())
    fleet.push((await readCapabilities(join(folder, name))).capabilities);
  if (fleet.length === 0)
    throw new UsageError(
      `There is no capability document in ${folder}.`,
      'Name a folder with capability documents (*.json).',
    );
  return fleet;
}
