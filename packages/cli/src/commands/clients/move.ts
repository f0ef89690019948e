import { operatorCommand } from '../../command.ts';
import { act, idArgument } from './support.ts';

/** block, unblock, retire: the moves of an onboarded client. */
export const moves = (['block', 'unblock', 'retire'] as const).map((move) =>
  operatorCommand(move, `${move} a client`, idArgument, (client, [id = ''], options) =>
    act(client, `/clients/${encodeURIComponent(id)}/${move}`, `${move} done`, options),
  ),
);
