import { expect, test } from 'vitest';
import type { EventLogs, RunData, SignalsRecord } from '../engine/run-data.ts';
import { logs } from './logs.ts';
import { changeFirst, simulateRun, zeroAt } from './testing/simulated-run.ts';

const run = simulateRun();
const signals = run.signals as SignalsRecord;
const told = signals.eventLogs as EventLogs;
const [first] = told.records;
const saying = (change: Partial<EventLogs>, of: Partial<SignalsRecord> = {}): RunData => ({
  ...run,
  signals: { ...signals, ...of, eventLogs: { ...told, ...change } },
});
const withRecord = (record: Partial<EventLogs['records'][number]>) => ({ records: [...told.records, { ...first!, ...record }] });
const deadLetter = { service: 'worker', severity: 'ERROR', line: 'event parked as a dead letter' };

test('a log with a record about each marked event, under its trace, passes', () => {
  expect(told.asked.length).toBeGreaterThanOrEqual(5);
  expect(logs(run)).toMatchObject({ outcome: 'pass', summary: expect.stringContaining(`each of ${told.asked.length} marked events`) });
  expect(logs(saying(withRecord(deadLetter))).outcome).toBe('pass');
});

test('a record without its trace id is a failure, with whose it is', () => {
  const result = logs(saying({ records: changeFirst(told.records, { traceId: null, spanId: null }) }));
  expect(result).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(result.findings[0]?.message).toContain('carries no trace id');
});

test('a record of another trace, or none at all about a marked event, is a failure', () => {
  const wrong = logs(saying({ records: changeFirst(told.records, { traceId: 'f'.repeat(32) }) }));
  expect(wrong).toMatchObject({ outcome: 'fail' });
  expect(wrong.findings[0]?.message).toContain(`carries ${'f'.repeat(32)}`);
  expect(logs(saying({ records: told.records.slice(1) }))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('an event that was not marked is held to the same: traced in one record, traced in all, and as one trace', () => {
  const other = { eventId: 99_999, traceId: 'a'.repeat(32), spanId: 'b' };
  const both = (second: Partial<EventLogs['records'][number]>) => ({
    records: [...told.records, { ...first!, ...other }, { ...first!, ...deadLetter, ...other, ...second }],
  });
  expect(logs(saying(both({}))).outcome).toBe('pass');
  expect(logs(saying(both({ traceId: null })))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(logs(saying(both({ traceId: 'c'.repeat(32) })))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
});

test('a dead letter that nobody traced has no trace id to carry', () => {
  expect(logs(saying(withRecord({ ...deadLetter, eventId: 99_999, traceId: null, spanId: null }))).outcome).toBe('pass');
});

test('a trace id that leads nowhere is a failure; a trace that could not be asked for is in doubt', () => {
  expect(logs(saying({ traces: changeFirst(told.traces, { found: false }) }))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  const unanswered = saying({ traces: changeFirst(told.traces, { found: false, error: 'tempo did not answer' }) });
  expect(logs(unanswered)).toMatchObject({ outcome: 'inconclusive', findingsTotal: 0 });
});

test('a log that was asked for nothing, or did not answer, or was not heard proves nothing', () => {
  const { eventLogs: _eventLogs, ...silent } = signals;
  expect(logs({ ...run, signals: silent }).outcome).toBe('inconclusive');
  expect(logs({ ...run, signals: null }).outcome).toBe('inconclusive');
  expect(logs(saying({ asked: [] })).outcome).toBe('inconclusive');
  expect(logs(saying({ error: 'loki answered 503' }))).toMatchObject({
    outcome: 'inconclusive',
    summary: expect.stringContaining('loki answered 503'),
  });
  expect(logs(saying({ records: [] }, { canary: changeFirst(signals.canary, { found: false }) })).outcome).toBe('inconclusive');
  expect(logs(saying({ records: [] }, { dropped: 3 })).outcome).toBe('inconclusive');
  expect(logs(saying({ records: [] }, { dropped: 'uncounted' })).outcome).toBe('inconclusive');
});

test('a record without its trace id is proof also where the receiver does not tell what it dropped', () => {
  const records = changeFirst(told.records, { traceId: null, spanId: null });
  expect(logs(saying({ records }, { dropped: 'uncounted' })).outcome).toBe('fail');
});

test('a record that may have died with a process is not asked for, one from long before is', () => {
  const marked = run.operations.find(({ traceId }) => traceId === first!.traceId)!;
  const killedAt = (injectedAt: number, kind = 'kill'): RunData => ({
    ...saying({ records: told.records.slice(1) }),
    evidence: [{ fault: 'k', kind, injectedAt, healedAt: injectedAt, tookEffect: true, healed: true, observations: [] }],
  });
  expect(logs(killedAt(zeroAt + marked.doneAt + 500)).outcome).toBe('pass');
  expect(logs(killedAt(zeroAt + marked.doneAt + 2500)).outcome).toBe('fail');
  // Who is stopped in order has the time to export them.
  expect(logs(killedAt(zeroAt + marked.doneAt + 500, 'restart')).outcome).toBe('fail');
  // A wrong clock begins by one death and ends by another.
  const healedBy = (exit: object): RunData => {
    const { evidence, ...rest } = killedAt(zeroAt + marked.doneAt - 60_000, 'clock');
    const at = zeroAt + marked.doneAt + 500;
    const observations = [{ at, source: 'process', observed: 'it ended', data: { event: 'exited', ...exit } }];
    return { ...rest, evidence: evidence.map((entry) => ({ ...entry, observations })) };
  };
  expect(logs(healedBy({ code: null, signal: 'SIGKILL' })).outcome).toBe('pass');
  expect(logs(healedBy({ code: 0, signal: null })).outcome).toBe('fail');
});
