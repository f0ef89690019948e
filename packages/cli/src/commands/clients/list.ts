import { allOf, answerOf } from '../../api/typed.ts';
import { type Common, operatorCommand } from '../../command.ts';
import { UsageError } from '../../exit-codes.ts';
import { json, table } from '../../ui.ts';
import { text } from './support.ts';
import { wholeNumber } from '../../numbers.ts';

interface ListOptions extends Common {
  readonly state?: string;
  readonly text?: string;
  readonly label?: string;
  readonly authority?: string;
  readonly fingerprint?: string;
  readonly sort?: string;
  readonly limit: string;
}

const clientStates = ['active', 'blocked', 'retired'] as const;
const isRequestState = (state: string | undefined): state is 'pending' | 'rejected' =>
  state === 'pending' || state === 'rejected';
const clientOrders = ['createdAt', 'lastSeenAt', 'subject', 'notAfter', 'labels'] as const;
const requestOrders = ['firstSeenAt', 'lastSeenAt', 'subject'] as const;

/** The order that was asked for. @throws UsageError when there is no such order */
function orderOf<Order extends string>(
  orders: readonly Order[],
  asked: string | undefined,
): { sort?: Order | `-${Order}` } {
  if (asked === undefined) return {};
  const found = orders.flatMap((one) => [one, `-${one}` as const]).find((one) => one === asked);
  if (found === undefined) throw new UsageError(`There is no order ${asked}.`, `Use ${orders.join(', ')}.`);
  return { sort: found };
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
      .option(
        '--sort <order>',
        'createdAt, lastSeenAt, subject, notAfter or labels; a minus puts the largest first',
      )
      .option('--limit <n>', 'at most so many', '1000'),
  async ({ api }, _args, options) => {
    const { state, label, authority, fingerprint, sort } = options;
    const limit = wholeNumber('limit', options.limit, 1);
    const isFiltered = label !== undefined || authority !== undefined || options.text !== undefined;
    const requestState = state === undefined && !isFiltered && sort === undefined ? 'pending' : state;
    const clientState = clientStates.find((one) => one === state);
    if (state !== undefined && clientState === undefined && !isRequestState(state))
      throw new UsageError(
        `There is no state ${state}.`,
        'Use pending, active, blocked, retired or rejected.',
      );
    const byFingerprint = fingerprint === undefined ? {} : { fingerprint };
    const byText = options.text === undefined ? {} : { text: options.text };
    const byAuthority = authority === undefined ? {} : { authority };
    const requests = !isRequestState(requestState)
      ? []
      : await allOf(limit, (at) => {
          const query = {
            ...at,
            state: requestState,
            ...byText,
            ...byAuthority,
            ...byFingerprint,
            ...orderOf(requestOrders, sort),
          };
          return answerOf(api.GET('/operator/v1/enrollments', { params: { query } }));
        });
    const clients = isRequestState(state)
      ? []
      : await allOf(limit, (at) => {
          const query = {
            ...at,
            ...(clientState === undefined ? {} : { state: clientState }),
            ...byText,
            ...(label === undefined ? {} : { label }),
            ...byAuthority,
            ...byFingerprint,
            ...orderOf(clientOrders, sort),
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
