import { allOf, answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { text } from './support.ts';

interface ListOptions extends Common {
  readonly state?: string;
  readonly text?: string;
  readonly label?: string;
  readonly authority?: string;
  readonly fingerprint?: string;
  readonly limit: string;
}

export const list = operatorCommand<ListOptions>(
  'list',
  'clients, and requests that wait for approval',
  (c) =>
    c
      .option('--state <state>', 'pending, active, blocked, retired or rejected')
      .option('--text <text>', 'part of the subject or clientId')
      .option('--label <key=value>', 'with this label')
      .option('--authority <name>', 'that came in by this group of device authorities')
      .option('--fingerprint <prefix>', 'beginning of the certificate or key fingerprint')
      .option('--limit <n>', 'at most so many', '1000'),
  async ({ api }, _args, options) => {
    const { state, label, authority, fingerprint } = options;
    const limit = Math.max(1, Number(options.limit) || 1000);
    const isFiltered = label !== undefined || authority !== undefined || options.text !== undefined;
    const wantsRequests = !isFiltered && (state === undefined || state === 'pending' || state === 'rejected');
    const byFingerprint = fingerprint === undefined ? {} : { fingerprint };
    const requests = !wantsRequests
      ? []
      : await allOf(limit, (at) => {
          const query = { ...at, state: state ?? 'pending', ...byFingerprint };
          return answerOf(api.GET('/operator/v1/enrollments', { params: { query } }));
        });
    const clients =
      state === 'pending' || state === 'rejected'
        ? []
        : await allOf(limit, (at) => {
            const query = {
              ...at,
              ...(state === undefined ? {} : { state }),
              ...(options.text === undefined ? {} : { text: options.text }),
              ...(label === undefined ? {} : { label }),
              ...(authority === undefined ? {} : { authority }),
              ...byFingerprint,
            };
            return answerOf(api.GET('/operator/v1/clients', { params: { query } }));
          });
    const items = [...requests, ...clients];
    if (options.json === true) {
      json({ items });
      return;
    }
    table(
      ['STATE', 'CLIENT', 'FINGERPRINT', 'SUBJECT', 'PAIRING WORDS'],
      items.map((r) => [
        r.state,
        text(r.clientId),
        r.fingerprint.slice(0, 23),
        r.subject,
        'words' in r && r.state === 'pending' ? r.words.join(' ') : '',
      ]),
    );
  },
);
