import { expect, test } from 'vitest';
import type { Operation } from '../history/operation.ts';
import { goodEventsAccepted } from './good-events-accepted.ts';
import { changeFirst, quietScenario, simulateRun, withOperations } from './testing/simulated-run.ts';

const tenants = [
  { name: 'quiet', share: 0.2 },
  { name: 'noisy', share: 0.8 },
];
const run = simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, tenants } });
const refused = { outcome: 'failed', status: 503, code: 'overloaded', id: null, duplicate: null } as const;
const unanswered = { outcome: 'unknown', status: null, code: 'timeout', id: null, duplicate: null } as const;
const one = (tenant: string, change: Partial<Operation>) =>
  withOperations(run, (operations) => changeFirst(operations, change, ({ systemName }) => systemName === tenant));

test('of a tenant that is named each delivery counts, and of others none', () => {
  const sent = run.operations.filter(({ systemName }) => systemName === 'quiet').length;
  expect(goodEventsAccepted(run, { tenant: 'quiet' })).toMatchObject({
    outcome: 'pass',
    summary: `All ${sent} deliveries of good events of tenant quiet were acknowledged.`,
  });
  expect(goodEventsAccepted(one('noisy', refused), { tenant: 'quiet' })).toMatchObject({ outcome: 'pass' });
  for (const change of [refused, unanswered])
    expect(goodEventsAccepted(one('quiet', change), { tenant: 'quiet' })).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('without a name every delivery counts', () => {
  expect(goodEventsAccepted(run)).toMatchObject({ outcome: 'pass' });
  expect(goodEventsAccepted(one('noisy', refused))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('of a tenant that sent nothing nothing is claimed', () => {
  expect(goodEventsAccepted(run, { tenant: 'silent' })).toMatchObject({ outcome: 'inconclusive' });
});
