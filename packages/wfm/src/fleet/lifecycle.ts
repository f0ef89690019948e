/** The legal moves of a client; everything else is refused by name. */
import type { ClientState } from '../store/ports.ts';

export const moves = {
  block: { from: ['active'], to: 'blocked' },
  unblock: { from: ['blocked'], to: 'active' },
  readmit: { from: ['retired'], to: 'active' },
  retire: { from: ['active', 'blocked'], to: 'retired' },
} as const satisfies Record<string, { from: readonly ClientState[]; to: ClientState }>;

export type Move = keyof typeof moves;
