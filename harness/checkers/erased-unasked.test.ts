import { expect, test } from 'vitest';
import type { ErasureClaim } from '../history/erasure-claims.ts';
import { keyOf, type RowOf } from '../history/run-index.ts';
import { erasedUnasked } from './erased-unasked.ts';
import { lost } from './lost.ts';
import { withClaim, withErasure } from './testing/simulated-erasure.ts';
import { type SimulatedRun, simulateRun, withOperations, withRows, zeroAt } from './testing/simulated-run.ts';

const untouched = simulateRun();
const { run, erased } = withErasure(untouched);
const last = run.operations.findLast(({ id }) => id === erased.at(-1)!.id)!;
const answered = (answeredAt: number): SimulatedRun => withClaim(run, (claim) => ({ ...claim, answeredAt }));

test('a run in which nothing is erased but one object that was asked for passes, and one in which nothing is', () => {
  expect(erased.length).toBeGreaterThan(1);
  expect(erasedUnasked(run)).toMatchObject({ outcome: 'pass', findingsTotal: 0 });
  expect(erasedUnasked(untouched)).toMatchObject({ outcome: 'pass', findingsTotal: 0 });
});

test('an event of another object that went along is found, with its row', () => {
  const other = run.finalState.find((row): row is RowOf<'log'> => row.kind === 'log' && keyOf(row) !== keyOf(erased[0]!))!;
  const { lane, position, id, systemName, objectId } = other;
  const row: RowOf<'erased'> = { kind: 'erased', lane, position, id, systemName, objectId };
  const result = erasedUnasked(withRows(run, 'erased', (rows) => [...rows, row]));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toBe(`event ${id} was erased, but nobody asked for that of ${systemName} ${objectId}`);
  expect(result.findings[0]?.witness.rows).toEqual([row]);
});

test('an object of the same name in another system is another object', () => {
  const elsewhere = withClaim(run, (claim) => ({ ...claim, systemName: 'elsewhere' }));
  expect(erasedUnasked(elsewhere)).toMatchObject({ outcome: 'fail', findingsTotal: erased.length });
});

test('a tombstone is an excuse for an event that is gone, but not where nobody asked for it', () => {
  const unasked = { ...run, evidence: [] };
  expect(lost(unasked)).toMatchObject({ outcome: 'pass' });
  expect(erasedUnasked(unasked)).toMatchObject({ outcome: 'fail', findingsTotal: erased.length });
});

test('an event that was handed over once the request was answered is new data; one that was under way may be either', () => {
  const at = zeroAt + last.handedAt;
  expect(erasedUnasked(answered(at))).toMatchObject({ outcome: 'pass' });
  expect(erasedUnasked(answered(at - 100))).toMatchObject({ outcome: 'pass' });
  const result = erasedUnasked(answered(at - 101));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toContain('101 ms after');
  expect(result.findings[0]?.witness.operations.map(({ op }) => op)).toEqual([last.op]);
});

test('of an event that was delivered twice the first time counts', () => {
  const again = withOperations(answered(zeroAt + last.handedAt), (operations) => [
    ...operations,
    { ...last, op: 9000, delivery: 'duplicate', duplicate: true, handedAt: last.handedAt + 5000, doneAt: last.doneAt + 5000 },
  ]);
  expect(erasedUnasked(again)).toMatchObject({ outcome: 'pass' });
});

test('of an object that was asked for twice the second time counts, and evidence without a time holds for all of its events', () => {
  const [first] = answered(zeroAt).evidence;
  expect(erasedUnasked({ ...run, evidence: [first!] })).toMatchObject({ outcome: 'fail' });
  expect(erasedUnasked({ ...run, evidence: [first!, ...run.evidence] })).toMatchObject({ outcome: 'pass' });
  const timeless = withClaim(run, ({ answeredAt: _answeredAt, ...claim }): ErasureClaim => claim);
  expect(erasedUnasked(timeless)).toMatchObject({ outcome: 'pass' });
});

test('what a fault asked for that crashed is not known', () => {
  const faults = [{ kind: 'operator', name: 'erase', effect: 'erase', at: { phase: 'steady', afterSeconds: 1 }, seconds: 1 }] as const;
  const planned = { ...run, plan: { ...run.plan, scenario: { ...run.plan.scenario, faults } } };
  expect(erasedUnasked(planned)).toMatchObject({ outcome: 'pass' });
  const evidence = run.evidence.map((entry) => ({ ...entry, tookEffect: false, observations: [] }));
  expect(erasedUnasked({ ...planned, evidence })).toMatchObject({ outcome: 'inconclusive', findingsTotal: erased.length });
});

test('a final state or a history that was cut off proves nothing by what it lacks', () => {
  expect(erasedUnasked({ ...run, finalStateComplete: false })).toMatchObject({ outcome: 'inconclusive' });
  expect(erasedUnasked({ ...run, finalStateComplete: false, evidence: [] })).toMatchObject({ outcome: 'fail' });
  expect(erasedUnasked({ ...answered(zeroAt), historyComplete: false })).toMatchObject({ outcome: 'pass' });
});
