import { expect, test } from 'vitest';
import type { Operation } from '../history/operation.ts';
import { redelivery } from './redelivery.ts';
import { simulateRun, withOperations } from './testing/simulated-run.ts';

const run = simulateRun();
const [first] = run.operations;
/** The first event delivered again, a second after its answer. */
const again = (change: Partial<Operation>) =>
  withOperations(run, (operations) => [
    ...operations,
    {
      ...first!,
      op: 9000,
      delivery: 'duplicate',
      duplicate: true,
      handedAt: first!.doneAt + 1000,
      doneAt: first!.doneAt + 1005,
      ...change,
    },
  ]);

test('a delivery that comes again and gets the first answer is allowed, and counted', () => {
  expect(redelivery(again({}))).toMatchObject({ outcome: 'pass', measured: { value: 1 } });
  expect(redelivery(run)).toMatchObject({ outcome: 'pass', measured: { value: 0 } });
});

test('one that is refused as a conflict though it is the same is wrong', () => {
  const conflict = { outcome: 'failed', status: 409, code: 'idempotency_conflict', id: null, duplicate: null } as const;
  const result = redelivery(again(conflict));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.witness.operations.map(({ op }) => op)).toEqual([first!.op, 9000]);
  expect(redelivery(again({ ...conflict, bodySha256: 'another' })).outcome).toBe('pass');
});

test('one that is answered as new after a 2xx is wrong; one that was under way before it may be the new one', () => {
  expect(redelivery(again({ duplicate: false })).outcome).toBe('fail');
  expect(redelivery(again({ duplicate: false, handedAt: first!.doneAt })).outcome).toBe('pass');
});

test('a refusal for load says nothing of the event', () => {
  expect(redelivery(again({ outcome: 'failed', status: 503, code: 'overloaded', id: null, duplicate: null })).outcome).toBe('pass');
  expect(redelivery(again({ outcome: 'failed', status: 429, code: 'too_many', id: null, duplicate: null })).outcome).toBe('pass');
});

test('of an empty history nothing is claimed', () => {
  expect(redelivery({ ...run, operations: [] }).outcome).toBe('inconclusive');
});
