import { useSearchParams } from 'react-router';
import type { Given } from '../../api/types.ts';
import { keptText, placeOf } from './texts.ts';

type Asked = Given<'/operator/v1/placement:query'>;

/** Parts of a question beside its texts, by their names in the address. */
export const fields = [
  'selector',
  'text',
  'device',
  'count',
  'spread',
  'cores',
  'memory',
  'storage',
  'lacking',
  'why',
  'all',
] as const;
export type Field = (typeof fields)[number];
export type Fields = Readonly<Partial<Record<Field, string>>>;

export interface Question {
  readonly fields: Fields;
  /** What is to be placed; null where nothing has been asked yet, or where it is kept in another tab. */
  readonly application: string | null;
  /** A machine that is not bought yet, as a document. */
  readonly machine: string | null;
  /** Whether a text of this address is kept in another tab. */
  readonly isElsewhere: boolean;
  /** Changes several parts at once; null and empty take one out. @param isStep whether one can go back to what was before */
  change(
    parts: Partial<Record<Field, string | null>> & { application?: string | null; machine?: string | null },
    isStep?: boolean,
  ): void;
}

const textNames = ['application', 'machine'] as const;

function write(params: URLSearchParams, name: (typeof textNames)[number], text: string | null): void {
  params.delete(name);
  params.delete(`${name}-kept`);
  if (text === null || text === '') return;
  const at = placeOf(text);
  if ('text' in at) params.set(name, at.text);
  else params.set(`${name}-kept`, at.kept);
}

function read(params: URLSearchParams, name: (typeof textNames)[number]): string | null {
  const kept = params.get(`${name}-kept`);
  return kept === null ? params.get(name) : keptText(kept);
}

/** The question of this address. */
export function useQuestion(): Question {
  const [params, setParams] = useSearchParams();
  const found: Partial<Record<Field, string>> = {};
  for (const field of fields) {
    const value = params.get(field);
    if (value !== null && value !== '') found[field] = value;
  }
  return {
    fields: found,
    application: read(params, 'application'),
    machine: read(params, 'machine'),
    isElsewhere: textNames.some((name) => params.has(`${name}-kept`) && read(params, name) === null),
    change(parts, isStep = false) {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const field of fields) {
            const value = parts[field];
            if (value === undefined) continue;
            if (value === null || value === '') after.delete(field);
            else after.set(field, value);
          }
          for (const name of textNames) {
            const text = parts[name];
            if (text !== undefined) write(after, name, text);
          }
          return after;
        },
        { replace: !isStep },
      );
    },
  };
}

/** How many are listed: at first, and at most. */
const listed = { some: 25, all: 1000 };

function supposed({ fields: f }: Question, machine: object | null): NonNullable<Asked['whatIf']> {
  return {
    ...(f.cores === undefined ? {} : { cores: Number(f.cores) }),
    ...(f.memory === undefined ? {} : { memory: f.memory }),
    ...(f.storage === undefined ? {} : { storage: f.storage }),
    ...(machine === null ? {} : { devices: [{ capabilities: { ...machine } }] }),
  };
}

/** `client/device`, or a device of any client; a clientId is a UUID. */
function oneDevice(device: string): Pick<Asked, 'clientId' | 'target'> {
  const [, clientId, target] = /^([0-9a-f-]{36})\/(.+)$/.exec(device) ?? [];
  return clientId === undefined || target === undefined ? { target: device } : { clientId, target };
}

/** As the operator API is asked. @param machine the document of a machine that is not bought yet */
export function bodyOf(q: Question, application: string, machine: object | null): Asked {
  const f = q.fields;
  const whatIf = supposed(q, machine);
  const limit = f.all === undefined ? listed.some : listed.all;
  return {
    application,
    ...(f.selector === undefined ? {} : { selector: f.selector }),
    ...(f.text === undefined ? {} : { text: f.text }),
    ...(f.device === undefined ? {} : oneDevice(f.device)),
    count: f.count === undefined ? 1 : Number(f.count),
    ...(f.spread === undefined ? {} : { spread: f.spread }),
    limit,
    notFitting: f.lacking === undefined ? limit : listed.all,
    ...(Object.keys(whatIf).length === 0 ? {} : { whatIf }),
  };
}
