import { expect, test } from 'vitest';
import { findK6, k6Missing, lookForK6 } from './find-k6.ts';
import { k6Arguments } from './k6-call.ts';
import { codeOfK6Error, nothingWasSent } from './k6-error.ts';
import { k6AsProgram, k6ContainerCommand } from './k6-program.ts';
import { otlpEnvironment } from './otlp-environment.ts';
import { k6Script } from './script.ts';

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

test('a plan of the load tool becomes one arrival-rate scenario a stage, one after the other', () => {
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

test('where k6 is missing it is said by name, with what to do', () => {
  expect(lookForK6({ PATH: '/nowhere' })).toBeNull();
  expect(() => findK6({ PATH: '/nowhere' })).toThrow(
    expect.objectContaining({ code: 'FL_DRIVER_FAILED', message: expect.stringContaining('FAULTLINE_K6') as string }),
  );
  expect(() => findK6({ FAULTLINE_K6: '/nowhere/k6' })).toThrow(/is \/nowhere\/k6, which is no program/);
  expect(lookForK6({ FAULTLINE_K6: process.execPath })).toBe(process.execPath);
  expect(k6Missing({}, ', or start a Docker engine').message).toContain('name it in FAULTLINE_K6, or start a Docker engine.');
});

test('its OpenTelemetry output is pointed at the metrics of a stack, with the marks of the run', () => {
  const environment = otlpEnvironment({
    url: 'https://metrics.example/api/v1/otlp/v1/metrics',
    headers: { authorization: 'Basic eDp5' },
    attributes: { 'faultline.run': 'r-1', 'faultline.scenario': 'steady' },
  });
  expect(environment).toMatchObject({
    K6_OTEL_HTTP_EXPORTER_ENDPOINT: 'metrics.example',
    K6_OTEL_HTTP_EXPORTER_URL_PATH: '/api/v1/otlp/v1/metrics',
    K6_OTEL_HTTP_EXPORTER_INSECURE: 'false',
    K6_OTEL_HEADERS: 'authorization=Basic%20eDp5',
    OTEL_RESOURCE_ATTRIBUTES: 'faultline.run=r-1,faultline.scenario=steady',
  });
  const plain = otlpEnvironment({ url: 'http://127.0.0.1:4318/v1/metrics', headers: {}, attributes: {} });
  expect(plain).toMatchObject({ K6_OTEL_HTTP_EXPORTER_ENDPOINT: '127.0.0.1:4318', K6_OTEL_HTTP_EXPORTER_INSECURE: 'true' });
  expect(plain).not.toHaveProperty('K6_OTEL_HEADERS');
});

const call = {
  args: k6Arguments({ samplesTo: '-', sendsMetrics: true, script: '/run/k6/script.js' }),
  environment: { K6_OTEL_METRIC_PREFIX: 'k6_' },
  folders: ['/run/k6', '/mine'],
};

test('the program is called as it is', () => {
  const { command, args, environment } = k6AsProgram('/bin/k6').commandFor(call);
  expect(command).toBe('/bin/k6');
  expect(args.slice(-5)).toEqual(['--out', 'json=-', '--out', 'opentelemetry', '/run/k6/script.js']);
  expect(environment).toEqual(call.environment);
});

test('a container has the network of the machine, the files under their own paths, the variables, and a label by which it is found', () => {
  const container = { image: 'grafana/k6:1.8.0', container: 'faultline-run-x-k6', project: 'faultline-run-x', user: '7:8' };
  const { command, args } = k6ContainerCommand(container, call);
  expect(command).toBe('docker');
  const text = args.join(' ');
  expect(text).toContain(
    '--network host --user 7:8 --volume /run/k6:/run/k6 --volume /mine:/mine --env K6_OTEL_METRIC_PREFIX=k6_ grafana/k6:1.8.0 run',
  );
  expect(text).toContain('--label com.docker.compose.project=faultline-run-x');
  expect(args.at(-1)).toBe('/run/k6/script.js');
});

test.each([
  [1050, 'client_timeout', false],
  [1212, 'client_connection_refused', true],
  [1220, 'client_connection_reset', false],
  [1101, 'client_k6_1101', true],
  [1000, 'client_k6_1000', false],
])('its error %i is %s', (errorCode, code, isNothingSent) => {
  expect(codeOfK6Error(errorCode)).toBe(code);
  expect(nothingWasSent(errorCode)).toBe(isNothingSent);
});
