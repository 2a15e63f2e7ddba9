import { expect, test } from 'vitest';
import type { StartOptions } from '../target.ts';
import { processEnvironment } from './environment.ts';

const urls = { metrics: 'http://prometheus/api/v1/otlp/v1/metrics', traces: 'http://tempo/v1/traces', logs: 'http://loki/otlp/v1/logs' };

const environmentWith = (headers: StartOptions['otlp']['headers']) =>
  processEnvironment({
    datagramPort: null,
    options: {
      runId: 'r1',
      scenario: 'steady',
      processes: { ingest: 1, worker: 1, query: 1 },
      environment: {},
      faultyHandler: false,
      teamProcessor: false,
      links: [],
      smallDisk: false,
      otlp: { urls, headers },
      exportIntervalMs: 1_000,
      logFolder: '',
    },
    role: 'worker',
    databaseUrl: 'postgresql://x',
    port: 0,
    faultyHandlerPath: '',
    versionedHandlerPath: '',
    slowHandlerPath: '',
    teamProcessorPath: '',
  });

test('each signal has an endpoint of its own, and no headers where none are needed', () => {
  const environment = environmentWith({});
  expect(environment).toMatchObject({
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: urls.metrics,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: urls.traces,
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: urls.logs,
  });
  expect(Object.keys(environment).filter((name) => name.endsWith('_HEADERS'))).toEqual([]);
});

test('headers are written as the exporters read them, for the signal that needs them alone', () => {
  const environment = environmentWith({ metrics: { authorization: 'Basic YTpi=', 'x-scope-orgid': 'a,b' } });
  expect(environment['OTEL_EXPORTER_OTLP_METRICS_HEADERS']).toBe('authorization=Basic%20YTpi%3D,x-scope-orgid=a%2Cb');
  expect(environment['OTEL_EXPORTER_OTLP_LOGS_HEADERS']).toBeUndefined();
});
