import { expect, test } from 'vitest';
import type { Operation } from '../../history/operation.ts';
import type { TrafficSource } from '../../traffic/plan-events.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { findK6, lookForK6 } from './find-k6.ts';
import { codeOfK6Error, type K6Sample, nothingWasSent } from './read-points.ts';
import { otlpEnvironment } from './run-k6.ts';
import { k6Script } from './script.ts';
import { stagesByK6 } from './stages-by-k6.ts';
import { toK6Operation } from './to-k6-operation.ts';

const flat = { name: 'a', seconds: 2.5, fromPerSecond: 10, toPerSecond: 10 };
const plan = {
  stages: [flat, { ...flat, name: 'b', toPerSecond: 100 }],
  method: 'POST',
  origin: 'http://127.0.0.1:1',
  requests: [],
  timeoutMs: 500,
  usersAhead: 50,
  usersMost: 20,
};

test('a plan becomes one arrival-rate scenario a stage, one after the other', () => {
  const script = k6Script(plan);
  const options = JSON.parse(/options = (\{.*\});/.exec(script)?.[1] ?? '') as { scenarios: Record<string, unknown> };
  expect(options.scenarios).toMatchObject({
    stage_0: {
      executor: 'constant-arrival-rate',
      rate: 600,
      timeUnit: '1m',
      duration: '2500ms',
      startTime: '0ms',
      preAllocatedVUs: 20,
      maxVUs: 20,
    },
    stage_1: { executor: 'ramping-arrival-rate', startRate: 600, stages: [{ target: 6000, duration: '2500ms' }], startTime: '2500ms' },
  });
  expect(script).toContain('firstOf = {"stage_0":0,"stage_1":25}');
});

test('what k6 can not send as planned is refused, not bent', () => {
  const phase = { name: 'p', kind: 'steady', seconds: 1, ratePerSecond: 5 } as const;
  const sourceOf = (more: object, shape?: object) =>
    ({
      name: 's',
      phases: [{ ...phase, ...(shape === undefined ? {} : { shape }) }],
      traffic: { arrivals: 'constant', ...more },
    }) as unknown as TrafficSource;
  expect(stagesByK6(sourceOf({}, { kind: 'ramp', toPerSecond: 9 }))).toEqual([{ name: 'p', seconds: 1, fromPerSecond: 5, toPerSecond: 9 }]);
  expect(() => stagesByK6(sourceOf({ arrivals: 'poisson' }))).toThrow(/poisson arrivals/);
  expect(() => stagesByK6(sourceOf({ retries: 2 }))).toThrow(/try again/);
  expect(() => stagesByK6(sourceOf({}, { kind: 'spike', toPerSecond: 9, afterSeconds: 0, seconds: 1 }))).toThrow(/shape spike of p/);
});

test('where k6 is missing it is said by name, with what to do', () => {
  expect(lookForK6({ PATH: '/nowhere' })).toBeNull();
  expect(() => findK6({ PATH: '/nowhere' })).toThrow(
    expect.objectContaining({ code: 'FL_DRIVER_FAILED', message: expect.stringContaining('FAULTLINE_K6') as string }),
  );
  expect(() => findK6({ FAULTLINE_K6: '/nowhere/k6' })).toThrow(/is \/nowhere\/k6, which is no program/);
  expect(lookForK6({ FAULTLINE_K6: process.execPath })).toBe(process.execPath);
});

test('its OpenTelemetry output is pointed at the metrics path of a stack', () => {
  expect(otlpEnvironment('http://127.0.0.1:4318')).toMatchObject({
    K6_OTEL_HTTP_EXPORTER_ENDPOINT: '127.0.0.1:4318',
    K6_OTEL_HTTP_EXPORTER_URL_PATH: '/v1/metrics',
    K6_OTEL_HTTP_EXPORTER_INSECURE: 'true',
  });
});

const planned = {
  op: 3,
  event: 3,
  phase: 'a',
  intendedAtMs: 100,
  poison: null,
  variant: 0,
  expected: { status: 200, code: null },
} as unknown as PlannedOperation;
const sample: K6Sample = {
  op: 3,
  startedAt: 1120,
  scenarioStartedAt: 1000,
  tookMs: 30,
  status: 200,
  errorCode: 0,
  retryAfter: null,
  answer: { id: 7, duplicate: false },
};
const operation = (more: Partial<K6Sample> = {}, isWhole = true): Operation =>
  toK6Operation({ planned, bodySha256: 'x', bodyBytes: 1 }, { ...sample, ...more }, { zeroAt: 1000, isWhole }, ['overloaded']);

test('a sample becomes an operation with the time that was planned, and its own', () => {
  expect(operation()).toMatchObject({
    op: 3,
    intendedAt: 100,
    handedAt: 120,
    doneAt: 150,
    outcome: 'ok',
    status: 200,
    id: 7,
    duplicate: false,
  });
  expect(operation()).not.toHaveProperty('variant');
});

test('where arrivals were dropped no time is claimed that k6 did not keep', () => {
  expect(operation({}, false).intendedAt).toBe(120);
});

test.each([
  [1050, 'client_timeout', 'unknown'],
  [1212, 'client_connection_refused', 'failed'],
  [1220, 'client_connection_reset', 'unknown'],
  [1101, 'client_k6_1101', 'failed'],
  [1000, 'client_k6_1000', 'unknown'],
])('no answer with number %i is %s, %s', (errorCode, code, outcome) => {
  expect(operation({ status: null, errorCode })).toMatchObject({ status: null, code, outcome });
  expect(codeOfK6Error(errorCode)).toBe(code);
  expect(nothingWasSent(errorCode)).toBe(outcome === 'failed');
});
