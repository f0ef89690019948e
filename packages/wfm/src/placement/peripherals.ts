/** Each needed peripheral takes a reported one of its own. */
import type { PeripheralNeed } from '@muster/protocol';

const same = (wanted: string | undefined, has: string | undefined): boolean =>
  wanted === undefined || wanted.toLowerCase() === has?.toLowerCase();

function suits(need: PeripheralNeed, has: PeripheralNeed): boolean {
  return need.type === has.type && same(need.manufacturer, has.manufacturer) && same(need.model, has.model);
}

/** Needs that are written alike. */
interface Wanted {
  readonly suiting: readonly Kind[];
  /** One of these found no place: none ever will, for what is taken is only ever moved. */
  isHopeless: boolean;
}

/** Peripherals that are reported alike. */
interface Kind {
  readonly like: PeripheralNeed;
  free: number;
  readonly users: Map<Wanted, number>;
}

const keyOf = ({ type, manufacturer, model }: PeripheralNeed): string =>
  JSON.stringify([type, manufacturer?.toLowerCase() ?? null, model?.toLowerCase() ?? null]);

/**
 * Needs and the peripherals that they hold, one each. Taking the first that suits would let "any camera" take the only camera that
 * "a camera by Optowerk" could have; so holders are asked to move (augmenting paths). Equal ones are counted, not listed: a device
 * may report a thousand.
 */
export class Assignment {
  readonly #kinds = new Map<string, Kind>();
  readonly #wanted = new Map<string, Wanted>();

  constructor(offered: readonly PeripheralNeed[]) {
    for (const like of offered) {
      const key = keyOf(like);
      const kind = this.#kinds.get(key);
      if (kind === undefined) this.#kinds.set(key, { like, free: 1, users: new Map() });
      else kind.free++;
    }
  }

  /** Gives a need a peripheral of its own, if there is a way; earlier needs keep theirs, or get others. */
  take(need: PeripheralNeed): boolean {
    const key = keyOf(need);
    let wanted = this.#wanted.get(key);
    if (wanted === undefined) {
      const suiting = [...this.#kinds.values()].filter((kind) => suits(need, kind.like));
      this.#wanted.set(key, (wanted = { suiting, isHopeless: false }));
    }
    wanted.isHopeless ||= !place(wanted, new Set());
    return !wanted.isHopeless;
  }
}

function place(wanted: Wanted, tried: Set<Kind>): boolean {
  const free = wanted.suiting.find((kind) => kind.free > 0);
  if (free !== undefined) {
    free.free--;
    free.users.set(wanted, (free.users.get(wanted) ?? 0) + 1);
    return true;
  }
  for (const kind of wanted.suiting) {
    if (tried.has(kind)) continue;
    tried.add(kind);
    for (const [user, held] of kind.users) {
      if (user === wanted || !place(user, tried)) continue;
      if (held === 1) kind.users.delete(user);
      else kind.users.set(user, held - 1);
      kind.users.set(wanted, (kind.users.get(wanted) ?? 0) + 1);
      return true;
    }
  }
  return false;
}

/** The needs that are left without one; earlier needs win over later ones. */
export function unmetPeripherals(
  needs: readonly PeripheralNeed[],
  offered: readonly PeripheralNeed[],
): PeripheralNeed[] {
  const assignment = new Assignment(offered);
  return needs.filter((need) => !assignment.take(need));
}

/** A peripheral as people name it. */
export function peripheralText({ type, manufacturer, model }: PeripheralNeed): string {
  return [type, manufacturer, model].filter((part) => part !== undefined).join(' ');
}
