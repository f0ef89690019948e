/** Each needed peripheral takes a reported one of its own. */
import type { PeripheralNeed } from '@muster/protocol';

const same = (wanted: string | undefined, has: string | undefined): boolean =>
  wanted === undefined || wanted.toLowerCase() === has?.toLowerCase();

function suits(need: PeripheralNeed, has: PeripheralNeed): boolean {
  return need.type === has.type && same(need.manufacturer, has.manufacturer) && same(need.model, has.model);
}

/**
 * A largest assignment of needs to peripherals (augmenting paths): taking the first that suits would let "any camera"
 * take the only camera that "a camera by Optowerk" could have.
 * @returns the needs left without one; earlier needs win over later ones
 */
export function unmetPeripherals(
  needs: readonly PeripheralNeed[],
  offered: readonly PeripheralNeed[],
): PeripheralNeed[] {
  const takenBy = new Map<number, number>();
  const place = (need: number, tried: Set<number>): boolean => {
    const wanted = needs[need];
    if (wanted === undefined) return false;
    const fitting = offered.flatMap((has, i) => (!tried.has(i) && suits(wanted, has) ? [i] : []));
    // A free one first: asking holders to move is only needed where there is none.
    for (const i of fitting) {
      if (takenBy.has(i)) continue;
      takenBy.set(i, need);
      return true;
    }
    for (const i of fitting) {
      if (tried.has(i)) continue;
      tried.add(i);
      if (place(takenBy.get(i) ?? -1, tried)) {
        takenBy.set(i, need);
        return true;
      }
    }
    return false;
  };
  return needs.filter((_, need) => !place(need, new Set()));
}

/** A peripheral as people name it. */
export function peripheralText({ type, manufacturer, model }: PeripheralNeed): string {
  return [type, manufacturer, model].filter((part) => part !== undefined).join(' ');
}
