/** Answers that are files, and may be large: read as they come. */
import { refusal } from './client.ts';
import { asProblem } from './problem.ts';
import { currentSession } from './session.ts';

/**
 * Reads an answer to its end.
 * @param path below /operator/v1, with its query
 * @param onPart called with each part as it arrives
 * @throws ApiProblem also when the answer breaks off: half a file is none
 */
export async function download(path: string, onPart: (part: Uint8Array) => void): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    const answer = await fetch(`/operator/v1${path}`, {
      headers: { authorization: `Bearer ${currentSession().token}` },
    });
    if (!answer.ok || answer.body === null)
      throw refusal(answer.status, await answer.json().catch(() => null));
    const reader = answer.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      onPart(next.value);
    }
  } catch (thrown) {
    throw asProblem(thrown);
  }
  return new Blob(parts);
}

/** Gives a file to the operator. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
