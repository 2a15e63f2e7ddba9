import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeParity, failingDifferences } from './parity-summary.ts';
import { systemClock } from '../engine/clock.ts';
import type { RunTimeline, SignalsRecord } from '../engine/run-data.ts';
import { startTestStack } from '../stack/embedded/testing.ts';
import { endpointsAt, type OtlpSignal, type RunningStack, type RuntimeName } from '../stack/running-stack.ts';
import { recordingFile, type RecordedRequest } from '../parity/recording.ts';
import { recordStack } from '../parity/record-stack.ts';
import { runParity } from '../parity/run-parity.ts';

const runId = 'a-run';
const scenario = 'steady';
const seconds = 20;
const beganMs = Math.floor(systemClock.now() / 1_000) * 1_000 - 30_000;
const nano = (atMs: number): string => `${BigInt(atMs) * 1_000_000n}`;
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const resource = {
  attributes: [
    text('service.name', 'faultline-worker'),
    text('service.instance.id', 'worker-1'),
    text('faultline.run', runId),
    text('faultline.scenario', scenario),
  ],
};

const metrics = (second: number) => {
  const point = { timeUnixNano: nano(beganMs + second * 1_000), asDouble: second * 3, attributes: [text('lane', String(second % 2))] };
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: [point] };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'work.done', sum }] }] }] };
};

const logs = (second: number) => ({
  resourceLogs: [
    {
      resource,
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: nano(beganMs + second * 1_000),
              severityNumber: second % 5 === 0 ? 17 : 9,
              severityText: second % 5 === 0 ? 'ERROR' : 'INFO',
              body: { stringValue: `lane ${second % 2} acquired` },
              attributes: [{ key: 'lane', value: { intValue: String(second % 2) } }],
            },
          ],
        },
      ],
    },
  ],
});

const traceId = (second: number): string => String(second + 1).padStart(32, 'a');

const traces = (second: number) => {
  const span = (spanId: string, name: string, parentSpanId = '') => ({
    traceId: traceId(second),
    spanId,
    ...(parentSpanId === '' ? {} : { parentSpanId }),
    name,
    kind: 2,
    startTimeUnixNano: nano(beganMs + second * 1_000),
    endTimeUnixNano: nano(beganMs + second * 1_000 + 5 + second),
    status: second % 5 === 0 ? { code: 2, message: 'refused' } : {},
    attributes: [text('route', `/${second % 3}`), { key: 'code', value: { intValue: String(200 + second) } }],
  });
  const own = String(second + 10);
  const spans = [
    span(`a${own}`.padStart(16, '0'), 'POST /events'),
    span(`b${own}`.padStart(16, '0'), 'process', `a${own}`.padStart(16, '0')),
  ];
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib', version: '1' }, spans }] }] };
};

const payloads: Readonly<Record<OtlpSignal, (second: number) => object>> = { metrics, logs, traces };

/** A test stack under the name of a runtime. */
const started = async (runtime: RuntimeName): Promise<RunningStack> => {
  const { url, [Symbol.asyncDispose]: dispose } = await startTestStack();
  return {
    runtime,
    endpoints: endpointsAt(url),
    access: {},
    processes: [],
    versions: {},
    readyAfterMs: {},
    warnings: [],
    visibleWithinMs: 0,
    exited: new Promise(() => {}),
    dropped: async () => 0,
    [Symbol.asyncDispose]: dispose,
  };
};

const signals: SignalsRecord = {
  exportIntervalMs: 1_000,
  budgets: [
    {
      name: 'work',
      phase: 'steady',
      promql: 'sum(increase(work_done_total[5s]))',
      from: beganMs + 5_000,
      to: beganMs + 15_000,
      accounted: false,
      series: [],
    },
  ],
  finals: [{ signal: 'work', promql: `work_done_total{faultline_run="${runId}"}`, series: [] }],
  plots: [],
  canary: [],
  traces: [{ traceId: traceId(3), spans: [], complete: true, missing: [] }],
  dropped: 0,
  logs: [{ query: '{service_name="faultline-worker"} | severity_text="ERROR"', lines: 4 }],
};

const timeline: RunTimeline = {
  zeroAt: beganMs,
  phases: [{ name: 'steady', kind: 'steady', from: beganMs, to: beganMs + seconds * 1_000 }],
  drainedAt: beganMs + seconds * 1_000,
  drainPending: [],
};

let folder = '';
let recording = '';

const post = async (url: string, body: object): Promise<number> => {
  const { status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return status;
};

const recordRun = async (): Promise<void> => {
  await using stack = await recordStack(await started('embedded'), recording, systemClock);
  for (let second = 0; second < seconds; second += 1) {
    for (const signal of ['metrics', 'logs', 'traces'] as const)
      expect(await post(stack.endpoints.otlp[signal], payloads[signal](second))).toBe(200);
  }
  expect(await post(stack.endpoints.otlp.metrics, { resourceMetrics: 'none' })).toBe(400);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-parity-'));
  recording = join(folder, recordingFile);
  await mkdir(join(folder, scenario));
  await writeFile(join(folder, scenario, 'signals.json'), JSON.stringify(signals));
  await writeFile(join(folder, scenario, 'timeline.json'), JSON.stringify(timeline));
  await recordRun();
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const recorded = async (): Promise<readonly RecordedRequest[]> =>
  (await readFile(recording, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedRequest);

const compared = async (first: RunningStack, second: RunningStack) =>
  runParity({
    runtimes: [first, second],
    runFolder: folder,
    runId,
    scenarios: [scenario],
    recording,
    shiftMs: 0,
    dashboardsFolder: folder,
    alertsFolder: folder,
    seed: 1,
    generated: 30,
    clock: systemClock,
    signal: new AbortController().signal,
    say: () => {},
    onAsked: () => {},
    visibleWithinMs: 0,
  });

test('a recording holds what the receiver took, and nothing that it refused', async () => {
  const requests = await recorded();
  expect(requests).toHaveLength(seconds * 3);
  expect(requests.every(({ contentType }) => contentType === 'application/json')).toBe(true);
});

test('the same recording in the same runtime twice: no question is answered differently', async () => {
  await using first = await started('embedded');
  await using second = await started('native');
  const result = await compared(first, second);
  expect(result.comparison.differences).toEqual([]);
  expect(failingDifferences(result)).toEqual([]);
  expect(result.replayed['native']?.sent).toEqual({ metrics: seconds, logs: seconds, traces: seconds });
  // One budget asked at its end and over its phase, one final, one trace, one query for lines.
  expect(result.comparison.tallies.verdict).toMatchObject({ asked: 5, empty: 0, refused: 0 });
  expect(describeParity(result, folder)).toContain('0 differences that change a verdict');
});

/** Passes everything on but what is to be lost on the way. */
const losing = async (stack: RunningStack, isLost: (second: number, signal: OtlpSignal) => boolean): Promise<RunningStack> => {
  const more = await Promise.all(
    (['metrics', 'logs', 'traces'] as const).flatMap((signal) =>
      Array.from({ length: seconds }, async (_, second) =>
        isLost(second, signal) ? null : post(stack.endpoints.otlp[signal], payloads[signal](second)),
      ),
    ),
  );
  expect(more).toContain(200);
  const { url, [Symbol.asyncDispose]: dispose } = await startTestStack();
  return {
    ...stack,
    endpoints: { ...stack.endpoints, otlp: endpointsAt(url).otlp },
    [Symbol.asyncDispose]: async () => {
      await dispose();
      await stack[Symbol.asyncDispose]();
    },
  };
};

test.each([
  ['metrics', 'final work'],
  ['logs', 'logs'],
  ['traces', 'marked trace'],
] as const)('%s that one runtime has lost are found, and named by the question that the verdict asks', async (signal, place) => {
  await using first = await started('embedded');
  await using second = await losing(await started('native'), (at, of) => of === signal && (at === 3 || at >= 18 || at % 5 === 0));
  const result = await compared(first, second);
  const failing = failingDifferences(result);
  expect(failing.map(({ question }) => question.place)).toContain(place);
  expect(failing.every(({ question }) => question.kind.startsWith({ metrics: 'prometheus', logs: 'loki', traces: 'tempo' }[signal]))).toBe(
    true,
  );
  expect(describeParity(result, folder)).not.toContain('\n0 differences that change a verdict');
});
