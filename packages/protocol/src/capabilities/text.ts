import { LocatedDocument, type Path } from '../application/document.ts';
import { ProtocolError } from '../errors.ts';
import type { ParsedCapabilities } from './model.ts';
import { parseCapabilities } from './parse.ts';

/** `properties.cpus[0].cores` as the steps that lead there. */
function pathOf(field: string): Path {
  return [...field.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) =>
    index === undefined ? part : Number(index),
  );
}

/**
 * Reads a capability document out of the text of a file, as {@link parseCapabilities} does.
 * @throws ProtocolError with every problem, each with its line
 */
export function parseCapabilitiesText(
  text: string,
  o: Parameters<typeof parseCapabilities>[1],
): ParsedCapabilities {
  const d = new LocatedDocument(text);
  try {
    return parseCapabilities(d.value, o);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    for (const { field, message } of error.problems) d.problem(pathOf(field), message);
    d.finish(error.message);
    throw error;
  }
}
