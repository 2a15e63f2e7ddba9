import { expect, test } from 'vitest';
import { recoveredSeen } from './recovered-seen.ts';
import { recovered } from './recovered.ts';
import { changeFirst, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const run = simulateRun();
const [sent] = run.operations;
const unknown = withOperations(run, (operations) =>
  changeFirst(operations, { outcome: 'unknown', status: null, id: null, duplicate: null }),
);
const [row] = run.finalState.filter((each) => each.kind === 'log' && each.idempotencyKey === sent!.idempotencyKey);
const rowId = (row as { readonly id: number }).id;
const without = (kind: 'log' | 'event') => withRows(unknown, kind, (rows) => rows.filter(({ id }) => id !== rowId));

test('an event that ended unknown and is there is counted as recovered', () => {
  expect(recovered(unknown)).toMatchObject({ outcome: 'pass', measured: { value: 1 } });
  expect(recovered(run)).toMatchObject({ outcome: 'pass', measured: { value: 0 } });
});

test('an event that ended unknown may be absent, if it left nothing behind', () => {
  expect(recovered(withRows(without('log'), 'event', (rows) => rows.filter(({ id }) => id !== rowId))).outcome).toBe('pass');
  const half = recovered(without('log'));
  expect(half).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(half.findings[0]?.message).toContain('has a row in table events');
});

test('an event that ended unknown and lacks an effect, or is there twice, is there by halves', () => {
  expect(recovered(without('event')).findings[0]?.message).toContain('events passed it without an effect');
  const twice = withRows(unknown, 'log', (rows) => [...rows, { ...rows.find(({ id }) => id === rowId)!, position: 9000, id: 9_000_000 }]);
  expect(recovered(twice).findings[0]?.message).toContain('is there 2 times');
});

test('an effect that its processor has not come to yet is no half', () => {
  const lane = (row as { readonly lane: number }).lane;
  const behind = withRows(without('event'), 'checkpoint', (rows) =>
    rows.map((each) => (each.lane === lane && each.processor === 'events' ? { ...each, position: 0 } : each)),
  );
  expect(recovered(behind).outcome).toBe('pass');
});

test('without a whole history or final state nothing is claimed', () => {
  expect(recovered({ ...unknown, historyComplete: false }).outcome).toBe('inconclusive');
  expect(recovered({ ...unknown, finalStateComplete: false }).outcome).toBe('inconclusive');
  expect(recovered({ ...run, operations: [] }).outcome).toBe('inconclusive');
});

test('a scenario that needs a recovery to mean anything is told whether there was one', () => {
  expect(recoveredSeen(unknown, { atLeast: 1 })).toMatchObject({ outcome: 'pass' });
  expect(recoveredSeen(run, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
});
