import { expect, test } from 'vitest';
import type { Operation } from '../../history/operation.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { createRetrier } from './retrier.ts';
import { defaultRetries } from './retry-policy.ts';

const planned = { op: 3, event: 3, idempotencyKey: 'k', delivery: 'first', intendedAtMs: 10 } as PlannedOperation;
const ended = (more: Partial<Operation> = {}) =>
  ({ outcome: 'failed', status: 503, retryAfterSeconds: null, doneAt: 100, ...more }) as Operation;
const retrier = (policy = defaultRetries(3) as ReturnType<typeof defaultRetries> | null) =>
  createRetrier({ policy, seed: 1, firstOp: 10, opStep: 2 });

test('the next attempt is the same event under the same id, with an operation and a time of its own', () => {
  const again = retrier();
  const first = again(planned, ended());
  expect(first?.planned).toMatchObject({ op: 10, event: 3, idempotencyKey: 'k', attempt: 2 });
  expect(first?.planned.intendedAtMs).toBeCloseTo(100 + (first?.waitMs ?? 0), 2);
  expect(again(first?.planned as PlannedOperation, ended())?.planned).toMatchObject({ op: 12, attempt: 3 });
});

test('what was acknowledged, what can not be helped, and the last attempt are left', () => {
  const again = retrier();
  expect(again(planned, ended({ outcome: 'ok', status: 200 }))).toBeNull();
  expect(again(planned, ended({ status: 409 }))).toBeNull();
  expect(again({ ...planned, attempt: 3 }, ended())).toBeNull();
  expect(retrier(null)(planned, ended())).toBeNull();
});

test('waits come from the seed, and those of a planned duplicate are its own', () => {
  expect(retrier()(planned, ended())?.waitMs).toBe(retrier()(planned, ended())?.waitMs);
  expect(retrier()({ ...planned, delivery: 'duplicate' }, ended())?.waitMs).not.toBe(retrier()(planned, ended())?.waitMs);
});
