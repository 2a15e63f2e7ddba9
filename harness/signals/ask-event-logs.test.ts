import { expect, test } from 'vitest';
import { createVirtualClock } from '../engine/virtual-clock.ts';
import { createLogStore } from '../stack/embedded/logs/log-store.ts';
import type { LogStore } from '../stack/embedded/logs/log-store.ts';
import { limits, linesOf, record, resource } from '../stack/embedded/logs/logql/testing.ts';
import { readLogs } from '../stack/embedded/otlp/read-logs.ts';
import { faultlineSignals } from '../targets/faultline/signals.ts';
import { askEventLogs } from './ask-event-logs.ts';
import type { SignalClient } from './client.ts';

const scope = { runId: 'r-1', scenario: 'steady' };
const withinMs = 10_000;

const attributesOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** One record about each event, of this run and under a trace of its own. */
const storeOf = (ids: readonly number[]): LogStore => {
  const store = createLogStore(limits);
  const ofRun = attributesOf({ faultline_run: scope.runId, faultline_scenario: scope.scenario });
  const attributes = [...resource('ingest').attributes, ...ofRun];
  const logRecords = ids.map((id, at) =>
    record(at + 1, 'event accepted', 9, {
      attributes: attributesOf({ faultline_event_id: `${id}` }),
      traceId: `${id}`.padStart(32, '0'),
      spanId: `${id}`.padStart(16, '0'),
    }),
  );
  store.add(readLogs({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] }), 0);
  return store;
};

const ask = async (marked: readonly number[], visibleAt: (nowMs: number) => readonly number[]) => {
  const clock = createVirtualClock();
  const client: Pick<SignalClient, 'logs' | 'trace'> = {
    logs: async (query) => {
      const lines = await linesOf(storeOf(visibleAt(clock.now())), query);
      return lines.map(({ line, labels: { stream, metadata, parsed } }) => ({
        atMs: 0,
        line,
        labels: Object.fromEntries([...stream, ...metadata, ...parsed]),
      }));
    },
    trace: async () => [],
  };
  const answer = await askEventLogs({
    client: client as SignalClient,
    scope,
    signals: faultlineSignals,
    marked: marked.map((id) => ({ id, traceId: '' })),
    fromSeconds: 0,
    toSeconds: 1_000,
    clock,
    withinMs,
  });
  return { ids: answer.records.map(({ eventId }) => eventId).toSorted((a, b) => a - b), afterMs: clock.now() };
};

test('records of events whose ids only contain those that were asked for are no answer', async () => {
  const { ids, afterMs } = await ask([213, 274, 805], () => [213, 274, 805, 1213, 2131, 2740]);
  expect(ids).toEqual([213, 274, 805]);
  expect(afterMs).toBe(0);
});

test('as many records of other events do not end the wait for one that is on its way', async () => {
  const { ids, afterMs } = await ask([213, 274], (nowMs) => (nowMs < 500 ? [213, 1213] : [213, 1213, 274]));
  expect(ids).toEqual([213, 274]);
  expect(afterMs).toBe(500);
});

test('what a runtime answers beyond what was asked neither ends the wait nor is kept', async () => {
  const clock = createVirtualClock();
  const line = (id: number) => ({ atMs: 0, line: 'event accepted', labels: { faultline_event_id: `${id}` } });
  const logs = async (query: string) => (query.includes('213') ? [line(213), line(1_213)] : []);
  const { records } = await askEventLogs({
    client: { logs, trace: async () => [] } as unknown as SignalClient,
    scope,
    signals: faultlineSignals,
    marked: [213, 274].map((id) => ({ id, traceId: '' })),
    fromSeconds: 0,
    toSeconds: 1,
    clock,
    withinMs,
  });
  expect(records.map(({ eventId }) => eventId)).toEqual([213]);
  expect(clock.now()).toBe(withinMs);
});
