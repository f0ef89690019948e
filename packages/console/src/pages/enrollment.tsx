import { Anchor, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { answerOf, api } from '../api/client.ts';
import type { Enrollment } from '../api/types.ts';
import { Age } from '../parts/age.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { Decide } from '../parts/decide.tsx';
import { Facts } from '../parts/facts.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Labels } from '../parts/labels.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { State } from '../parts/state.tsx';
import { whyOfEnrollment } from '../parts/why.ts';
import { Words } from '../parts/words.tsx';

function Actions({ of: e }: { of: Enrollment }) {
  const navigate = useNavigate();
  const params = { path: { enrollmentId: e.enrollmentId } };
  return (
    <>
      {e.state === 'pending' && <Decide enrollment={e} />}
      {e.state !== 'approved' && (
        <ConfirmButton
          label="Forget"
          isDangerous
          act={() => answerOf(api.DELETE('/operator/v1/enrollments/{enrollmentId}', { params }))}
          onDone={() => void navigate('/enrollments')}
        >
          <Text size="sm">The request is deleted. When the device asks again, it is a new one.</Text>
        </ConfirmButton>
      )}
    </>
  );
}

/** One request: everything that is known of who asks, and why it stands where it does. */
export function EnrollmentPage() {
  const { id = '' } = useParams();
  const { data: e, error } = useQuery({
    queryKey: ['enrollment', id],
    queryFn: () =>
      answerOf(
        api.GET('/operator/v1/enrollments/{enrollmentId}', { params: { path: { enrollmentId: id } } }),
      ),
  });
  const twin = `/enrollments/${encodeURIComponent(id)}`;
  if (e === undefined)
    return (
      <Page title="Request" twin={twin}>
        {error === null ? <Skeleton height={200} /> : <Problem of={error} />}
      </Page>
    );
  const why = whyOfEnrollment(e);
  return (
    <Page title={e.subject} about="A request to be let in" twin={twin} actions={<Actions of={e} />}>
      {error !== null && <Problem of={error} />}
      <Facts
        of={[
          ['State', <State key="state" is={e.state} why={why} />],
          ['Why', why.map((line) => <div key={line}>{line}</div>)],
          ['Pairing words', <Words key="words" of={e.words} />],
          ['Certificate', <Fingerprint key="certificate" of={e.fingerprint} isWhole />],
          ['Key', <Fingerprint key="key" of={e.keyFingerprint} isWhole />],
          ['Issuer', e.issuer === e.subject ? 'self-signed' : e.issuer],
          ['Valid until', <Age key="until" at={e.notAfter} />],
          ['Authority', e.authority ?? 'none'],
          [
            'Client',
            e.clientId === null ? (
              'none yet'
            ) : (
              <Anchor key="client" component={Link} to={`/clients/${e.clientId}`} className="mono">
                {e.clientId}
              </Anchor>
            ),
          ],
          ['Came from', e.remoteAddress ?? 'unknown'],
          ['First seen', <Age key="first" at={e.firstSeenAt} />],
          ['Last seen', <Age key="last" at={e.lastSeenAt} />],
          ['Asked', `${e.attempts} times`],
          [
            'Approvals',
            `${e.approvals.length} of ${e.approvalsNeeded}${e.approvals.length > 0 ? `: ${e.approvals.join(', ')}` : ''}`,
          ],
          ['Labels', <Labels key="labels" of={e.labels} />],
        ]}
      />
    </Page>
  );
}
