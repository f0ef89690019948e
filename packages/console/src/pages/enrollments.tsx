import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import type { Enrollment, Query } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { queryText } from '../parts/api-twin.tsx';
import { Decide } from '../parts/decide.tsx';
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { State } from '../parts/state.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { whyOfEnrollment } from '../parts/why.ts';
import { Words } from '../parts/words.tsx';

type Asked = Query<'/operator/v1/enrollments'>;

const states = ['pending', 'approved', 'rejected'].map((value) => ({ value, label: value }));
const orders = [
  { value: '-firstSeenAt', label: 'newest first' },
  { value: '-lastSeenAt', label: 'last heard of first' },
  { value: 'subject', label: 'by certificate' },
];

function Certificate({ of: e }: { of: Enrollment }) {
  return (
    <>
      <Anchor component={Link} to={`/enrollments/${e.enrollmentId}`} size="sm">
        {e.subject}
      </Anchor>
      <Text size="xs" c="dimmed">
        {e.issuer === e.subject ? 'self-signed' : `by ${e.issuer}`}, until{' '}
        <span className="whole">{e.notAfter.slice(0, 10)}</span>
      </Text>
    </>
  );
}

/** Requests to be let in: those that wait, with the words to compare, and those that were decided, with the reason. */
export function Enrollments() {
  const [filters, set] = useFilters(['state', 'text', 'fingerprint', 'authority', 'sort']);
  const asked = filters as Asked;
  return (
    <Page
      title="Enrollments"
      about="Devices that ask to be let in. Compare the words with those on the device."
      twin={`/enrollments${queryText(filters)}`}
    >
      <Filters>
        <ChoiceFilter
          label="State"
          any="all"
          choices={states}
          value={filters.state}
          onChange={(value) => set('state', value)}
        />
        <TextFilter label="Certificate" value={filters.text} onChange={(value) => set('text', value)} />
        <TextFilter
          label="Fingerprint"
          hint="its beginning"
          value={filters.fingerprint}
          onChange={(value) => set('fingerprint', value)}
        />
        <TextFilter
          label="Authority"
          value={filters.authority}
          onChange={(value) => set('authority', value)}
        />
        <ChoiceFilter
          label="Order"
          any="oldest first"
          choices={orders}
          value={filters.sort}
          onChange={(value) => set('sort', value)}
        />
      </Filters>
      <PagedTable
        about={['enrollments', filters]}
        label="Requests to be let in"
        read={(at) =>
          answerOf(api.GET('/operator/v1/enrollments', { params: { query: { ...at, ...asked } } }))
        }
        idOf={(e) => e.enrollmentId}
        none="There is no such request. A device that asks appears here by itself: muster device join …"
        columns={[
          { name: 'State', cell: (e) => <State is={e.state} why={whyOfEnrollment(e)} /> },
          { name: 'Certificate', cell: (e) => <Certificate of={e} /> },
          { name: 'Words', cell: (e) => <Words of={e.words} /> },
          { name: 'Fingerprint', cell: (e) => <Fingerprint of={e.fingerprint} /> },
          { name: 'From', cell: (e) => <span className="whole">{e.remoteAddress}</span> },
          { name: 'Heard of', cell: (e) => <Age at={e.lastSeenAt} /> },
          {
            name: 'Decision',
            cell: (e) =>
              e.state === 'pending' ? (
                <Decide enrollment={e} />
              ) : (
                <>
                  {e.reason ?? (e.state === 'approved' ? 'let in' : 'refused')}
                  <Text size="xs" c="dimmed">
                    {e.decidedBy}, <Age at={e.decidedAt} />
                    {e.rule !== null && <div>rule: {e.rule}</div>}
                  </Text>
                </>
              ),
          },
        ]}
      />
    </Page>
  );
}
