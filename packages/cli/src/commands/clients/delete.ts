import { operatorCommand } from '../../command.ts';
import { json, tick } from '../../ui.ts';
import { idArgument, isMissing } from './support.ts';

export const remove = operatorCommand(
  'delete',
  'delete a client (its key stays refused) or forget a request',
  idArgument,
  async (client, [which = ''], options) => {
    await client.call('DELETE', `/clients/${encodeURIComponent(which)}`).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      return client.call('DELETE', `/enrollments/${encodeURIComponent(which)}`);
    });
    if (options.json === true) json({ deleted: which });
    else tick('deleted', which);
  },
);
