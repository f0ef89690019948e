import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, safe } from '../../ui.ts';
import { idArgument, isMissing, text } from './support.ts';

function print(row: object, asJson: boolean): void {
  if (asJson) {
    json(row);
    return;
  }
  for (const [key, value] of Object.entries(row))
    process.stdout.write(`${key.padEnd(16)} ${safe(Array.isArray(value) ? value.join(' ') : text(value))}\n`);
}

export const show = operatorCommand(
  'show',
  'one client or request',
  idArgument,
  async ({ api }, [id = ''], options) => {
    const client = { params: { path: { clientId: id } } };
    const row: object = await answerOf(api.GET('/operator/v1/clients/{clientId}', client)).catch(
      (error: unknown) => {
        if (!isMissing(error)) throw error;
        const request = { params: { path: { enrollmentId: id } } };
        return answerOf(api.GET('/operator/v1/enrollments/{enrollmentId}', request));
      },
    );
    print(row, options.json === true);
  },
);
