import { describe, expect, test } from 'vitest';
import type { DriverProgress } from '../engine/parts.ts';
import { createVirtualClock } from '../engine/virtual-clock.ts';
import type { Phase } from '../scenario/scenario.ts';
import { createMomentQueue } from './moment-queue.ts';
import { phaseMoments } from './moments.ts';
import { createNarrator } from './narrator.ts';
import { figuresAt, type RunState } from './run-state.ts';

const phases: readonly Phase[] = [
  { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 100 },
  { name: 'steady', kind: 'steady', seconds: 10, ratePerSecond: 500 },
];

const progress: DriverProgress = {
  sent: 7,
  done: 6,
  ok: 4,
  failed: 1,
  unknown: 1,
  phases: [],
  latency: { boundsSeconds: [0.1, 1], counts: [3, 1, 0], sumSeconds: 0.9 },
};

const quiet: RunState = {
  phases,
  intendedAtMs: [0, 10, 10, 20, 3_000],
  zeroAt: null,
  isOver: false,
  progress: null,
  faultsAtWork: 0,
  exportFailures: { metrics: 0, logs: 0 },
};

const valuesOf = (state: RunState, atMs: number) =>
  Object.fromEntries(
    figuresAt(state, atMs).flatMap(({ signal, points }) =>
      points.map(({ attributes, value }) => [[signal.name, ...Object.values(attributes)].join(' '), value]),
    ),
  );

describe('figures', () => {
  test('stand at 0 before the traffic begins, each series of them', () => {
    expect(valuesOf(quiet, 1_000)).toEqual({
      'faultline.harness.planned': 0,
      'faultline.harness.sent': 0,
      'faultline.harness.done ok': 0,
      'faultline.harness.done failed': 0,
      'faultline.harness.done unknown': 0,
      'faultline.harness.phase warm-up': 0,
      'faultline.harness.phase steady': 0,
      'faultline.harness.phase drain': 0,
      'faultline.harness.phase.rate': 0,
      'faultline.harness.faults': 0,
      'faultline.harness.export.failures metrics': 0,
      'faultline.harness.export.failures logs': 0,
    });
  });

  test.each([
    [1_000, 1, 'warm-up', 100],
    [1_009, 1, 'warm-up', 100],
    [1_010, 3, 'warm-up', 100],
    [3_000, 4, 'steady', 500],
    [4_000, 5, 'steady', 500],
    [13_000, 5, 'drain', 0],
  ])('at %d ms of a run that began at 1000 know %d planned, phase %s and its rate %d', (atMs, planned, phase, rate) => {
    const values = valuesOf({ ...quiet, zeroAt: 1_000, progress }, atMs);
    expect(values['faultline.harness.planned']).toBe(planned);
    expect(['warm-up', 'steady', 'drain'].filter((name) => values[`faultline.harness.phase ${name}`] === 1)).toEqual([phase]);
    expect(values['faultline.harness.phase.rate']).toBe(rate);
  });

  test('are those of the driver where it was heard, and no phase is left when all is over', () => {
    expect(valuesOf({ ...quiet, zeroAt: 0, isOver: true, progress, faultsAtWork: 2 }, 5_000)).toMatchObject({
      'faultline.harness.sent': 7,
      'faultline.harness.done ok': 4,
      'faultline.harness.done failed': 1,
      'faultline.harness.done unknown': 1,
      'faultline.harness.latency': progress.latency,
      'faultline.harness.phase steady': 0,
      'faultline.harness.faults': 2,
    });
  });
});

test('phases begin and end where the plan put them, and drain begins after the last', () => {
  expect(phaseMoments(phases, 500).map(({ atMs, name, moment }) => [atMs, name, moment])).toEqual([
    [500, 'warm-up', 'begin'],
    [2_500, 'warm-up', 'end'],
    [2_500, 'steady', 'begin'],
    [12_500, 'steady', 'end'],
    [12_500, 'drain', 'begin'],
  ]);
});

test('a moment is due when its time has come, waits until it was told, and gives way to newer ones past the bound', () => {
  const queue = createMomentQueue(2);
  const moment = (name: string, atMs: number) => ({ atMs, what: 'fault', moment: 'note', name, text: name }) as const;
  queue.plan([moment('a', 1), moment('b', 5)]);
  expect(queue.due(0)).toEqual([]);
  const first = queue.due(1);
  expect(first.map(({ name }) => name)).toEqual(['a']);
  expect(queue.due(2)).toEqual(first);
  queue.told(first);
  expect(queue.due(2)).toEqual([]);
  for (const name of ['c', 'd', 'e']) queue.add(moment(name, 2));
  expect(queue.due(2).map(({ name }) => name)).toEqual(['d', 'e']);
});

type LogRecord = { readonly body: { readonly stringValue: string }; readonly timeUnixNano: string };
const linesIn = (body: unknown): readonly string[] =>
  (body as { resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[] }).resourceLogs[0]!.scopeLogs[0]!.logRecords.map(
    ({ body: text }) => text.stringValue,
  );

describe('a narrator', () => {
  const begin = (refuses: (signal: string, count: number) => boolean = () => false) => {
    const clock = createVirtualClock(10_000);
    const sent: { readonly signal: string; readonly body: unknown; readonly timeoutMs: number }[] = [];
    const narrator = createNarrator({
      scope: { runId: 'r', scenario: 's' },
      phases,
      intendedAtMs: [0],
      clock,
      everyMs: 1_000,
      send: async (signal, body, timeoutMs) => {
        sent.push({ signal, body, timeoutMs });
        if (refuses(signal, sent.filter((one) => one.signal === signal).length)) throw new Error('no receiver');
      },
    });
    return { clock, sent, narrator, lines: () => sent.filter(({ signal }) => signal === 'logs').map(({ body }) => linesIn(body)) };
  };

  test('exports once a second, each within a second, from before the traffic to after the drain', async () => {
    const { clock, sent, narrator } = begin();
    await clock.sleep(3_500);
    expect(await narrator.end()).toEqual([]);
    const metrics = sent.filter(({ signal }) => signal === 'metrics');
    expect(metrics).toHaveLength(5);
    expect(new Set(metrics.map(({ timeoutMs }) => timeoutMs))).toEqual(new Set([1_000]));
  });

  test('tells what begins and ends, once', async () => {
    const { clock, narrator, lines } = begin();
    narrator.begin(10_500);
    await clock.sleep(1_000);
    narrator.faultBegins('kill-one', 'kill of worker 1');
    await clock.sleep(2_000);
    narrator.faultEnds('kill-one', 11_700);
    await narrator.end();
    expect(lines().flat().toSorted()).toEqual([
      'fault kill-one begins: kill of worker 1',
      'fault kill-one ends, healed',
      'phase drain ends',
      'phase steady begins: 500 operations a second for 10 s',
      'phase warm-up begins: 100 operations a second for 2 s',
      'phase warm-up ends',
    ]);
  });

  test('tells again what was not taken, counts the failure, and says why at the end', async () => {
    const { clock, sent, narrator, lines } = begin((signal, count) => signal === 'logs' && count === 1);
    narrator.begin(10_000);
    await clock.sleep(1_500);
    expect(await narrator.end()).toEqual(['logs: no receiver']);
    const begins = expect.stringContaining('warm-up begins') as string;
    expect(lines()).toEqual([[begins], [begins, 'phase drain ends']]);
    const last = JSON.stringify(sent.findLast(({ signal }) => signal === 'metrics')?.body);
    expect(last).toMatch(/"faultline.telemetry.signal","value":\{"stringValue":"logs"\}\}\],[^}]*"asDouble":1\}/);
  });

  test('sends nothing after its end', async () => {
    const { clock, sent, narrator } = begin();
    await narrator.end();
    const before = sent.length;
    await clock.sleep(5_000);
    await narrator[Symbol.asyncDispose]();
    expect(sent).toHaveLength(before);
  });
});
