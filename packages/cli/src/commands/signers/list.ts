import { answerOf } from '../../api/typed.ts';
import { operatorCommand } from '../../command.ts';
import { json, table } from '../../ui.ts';
import { text } from '../clients/support.ts';

export const list = operatorCommand(
  'list',
  'the WFMs whose signature is believed',
  (c) => c,
  async ({ api }, _args, o) => {
    const answer = await answerOf(api.GET('/operator/v1/signers'));
    if (o.json === true) {
      json(answer);
      return;
    }
    const keys = ['fingerprint', 'note', 'createdBy', 'createdAt'] as const;
    table(
      ['FINGERPRINT', 'NOTE', 'BY', 'SINCE'],
      answer.items.map((s) => keys.map((key) => text(s[key]))),
    );
  },
);
