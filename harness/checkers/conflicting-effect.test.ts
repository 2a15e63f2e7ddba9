import { expect, test } from 'vitest';
import type { RowOf } from '../history/run-index.ts';
import { conflictingEffect } from './conflicting-effect.ts';
import { changeFirst, quietScenario, simulateRun, withOperations, withRows } from './testing/simulated-run.ts';

const run = simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, duplicates: { share: 0.2, withinMs: 300 } } });

test('rows and answers are what was sent', () => {
  expect(conflictingEffect(run).outcome).toBe('pass');
});

test.each([
  ['a body in the log', 'log', { bodySha256: 'f'.repeat(64) }],
  ['an object in the log', 'log', { objectId: 'another' }],
  ['an event name in table events', 'event', { eventName: 'order.forged' }],
  ['a body in table events', 'event', { bodySha256: '0'.repeat(64) }],
  ['a name in a timeline', 'timeline-entry', { eventName: 'order.forged' }],
  ['a sequence in a timeline', 'timeline-entry', { sequence: 5 }],
] as const)('%s that differs from what was sent is found', (_what, kind, change) => {
  expect(conflictingEffect(withRows(run, kind, (rows) => changeFirst(rows as never, change as never)))).toMatchObject({
    outcome: 'fail',
    findingsTotal: 1,
  });
});

const tenants = [
  { name: 'quiet', share: 0.2 },
  { name: 'noisy', share: 0.8 },
];
const poison = { share: 0.1, kinds: ['handler-throws'] } as const;
const shared = simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, tenants, poison } });

test('what each of several tenants sent is theirs', () => {
  expect(conflictingEffect(shared).outcome).toBe('pass');
});

test.each(['log', 'event', 'timeline-entry', 'parked'] as const)('a row of kind %s that is of another tenant is found', (kind) => {
  const moved = withRows(shared, kind, (rows) =>
    changeFirst(rows as readonly RowOf<'log'>[], { tenant: 'noisy' }, ({ systemName }) => systemName === 'quiet'),
  );
  const result = conflictingEffect(moved);
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toMatch(/was sent by tenant "quiet", but is of "noisy" in /);
});

test('where a scenario has no tenants, all is of the one that there always is', () => {
  const elsewhere = withRows(run, 'log', (rows) => changeFirst(rows, { tenant: 'quiet' }));
  expect(conflictingEffect(elsewhere)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

const kinds = ['log', 'event', 'timeline-entry', 'parked'] as const;
const untoldIn = (of: typeof run, kind: (typeof kinds)[number]) =>
  withRows(of, kind, (rows) => (rows as readonly RowOf<'log'>[]).map(({ tenant: _tenant, ...row }) => row));

test('where a scenario has no tenants, a target that tells of none is asked nothing', () => {
  expect(conflictingEffect(kinds.reduce(untoldIn, run)).outcome).toBe('pass');
});

test.each([
  ['log', 'the log'],
  ['event', 'table events'],
  ['timeline-entry', 'timelines'],
  ['parked', 'the park'],
] as const)('where a scenario has tenants, rows of kind %s that do not say whose they are prove nothing', (kind, where) => {
  const result = conflictingEffect(untoldIn(shared, kind));
  expect(result.outcome).toBe('inconclusive');
  expect(result.summary).toContain(`the target does not say whose its rows are in ${where}:`);
});

test('what is wrong beside rows that do not say whose they are is told all the same', () => {
  const wrong = withRows(untoldIn(shared, 'log'), 'event', (rows) => changeFirst(rows, { eventName: 'order.forged' }));
  expect(conflictingEffect(wrong)).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

const second = run.operations.find(({ delivery }) => delivery === 'duplicate')!;

test('two deliveries of one event that are answered with different ids contradict each other', () => {
  const result = conflictingEffect(
    withOperations(run, (operations) => changeFirst(operations, { id: 55_555 }, ({ op }) => op === second.op)),
  );
  expect(result.findings[0]?.message).toContain('2 different ids');
});

test('an answer with another id than the log has contradicts it', () => {
  const lonely = run.operations.find(({ event }) => event !== second.event)!;
  expect(
    conflictingEffect(withOperations(run, (operations) => changeFirst(operations, { id: 55_555 }, ({ op }) => op === lonely.op))).outcome,
  ).toBe('fail');
});

test('an acknowledgement without an id is found', () => {
  expect(conflictingEffect(withOperations(run, (operations) => changeFirst(operations, { id: null }))).outcome).toBe('fail');
});

test('what was promised without an answer of its own, as an imported line, was told no id', () => {
  expect(conflictingEffect(withOperations(run, (operations) => changeFirst(operations, { id: null, status: null }))).outcome).toBe('pass');
});

test('one id that was answered for two events is found', () => {
  const shared = withOperations(run, (operations) => changeFirst(operations, { id: operations[0]!.id }, ({ op }) => op === 1));
  expect(conflictingEffect(shared).findings.some(({ message }) => message.includes('answered for event'))).toBe(true);
});

test('two deliveries that were both answered as the first are found', () => {
  expect(
    conflictingEffect(withOperations(run, (operations) => changeFirst(operations, { duplicate: false }, ({ op }) => op === second.op)))
      .outcome,
  ).toBe('fail');
});

test('an event answered as a duplicate of nothing is found, but not where an earlier attempt is in doubt', () => {
  const first = run.operations.find(({ event, delivery }) => event === second.event && delivery === 'first')!;
  const claimed = (change: object) => withOperations(run, (operations) => changeFirst(operations, change, ({ op }) => op === first.op));
  expect(conflictingEffect(claimed({ duplicate: true })).outcome).toBe('fail');
  expect(conflictingEffect(claimed({ outcome: 'unknown', status: null, id: null, duplicate: null })).outcome).toBe('pass');
});

test('an empty history shows nothing', () => {
  expect(conflictingEffect({ ...run, operations: [] }).outcome).toBe('inconclusive');
});
