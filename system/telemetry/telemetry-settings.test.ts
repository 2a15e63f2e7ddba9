import { describe, expect, it } from 'vitest';
import { parseTelemetrySettings } from './telemetry-settings.ts';

describe('telemetry settings', () => {
  it('export nothing where nothing is set', () => {
    expect(parseTelemetrySettings({})).toMatchObject({
      tracesUrl: null,
      metricsUrl: null,
      logsUrl: null,
      exportIntervalMs: 10_000,
      problems: [],
    });
  });

  it('add the signal to the base endpoint, with or without a slash', () => {
    const { tracesUrl, metricsUrl, logsUrl } = parseTelemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' });
    expect([tracesUrl, metricsUrl, logsUrl]).toEqual(['traces', 'metrics', 'logs'].map((signal) => `http://127.0.0.1:4318/v1/${signal}`));
  });

  it("take a signal's own endpoint as it is, and let the others go where they went", () => {
    const settings = parseTelemetrySettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://base',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://prometheus/api/v1/otlp/v1/metrics',
    });
    expect(settings).toMatchObject({ metricsUrl: 'http://prometheus/api/v1/otlp/v1/metrics', logsUrl: 'http://base/v1/logs' });
  });

  it.each([{ OTEL_SDK_DISABLED: 'TRUE' }, { OTEL_TRACES_EXPORTER: 'none' }])('leave traces out with %j', (environment) => {
    expect(parseTelemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://base', ...environment }).tracesUrl).toBeNull();
  });

  it('decode resource attributes', () => {
    const { resourceAttributes } = parseTelemetrySettings({ OTEL_RESOURCE_ATTRIBUTES: ' faultline.run = 2026%2C1 ,a=b=c,' });
    expect(resourceAttributes).toEqual({ 'faultline.run': '2026,1', a: 'b=c' });
  });

  it.each([
    [{ OTEL_RESOURCE_ATTRIBUTES: 'a=1,b' }, "'b' is not key=value"],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'a=%zz' }, 'OTEL_RESOURCE_ATTRIBUTES'],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '1s' }, '10000 is used'],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '0' }, '10000 is used'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http/json alone'],
    [{ OTEL_METRICS_EXPORTER: 'prometheus' }, "only 'otlp' and 'none'"],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'localhost:4318' }, 'no http or https URL'],
  ])('say what of %j could not be used, and go on', (environment, problem) => {
    expect(parseTelemetrySettings(environment).problems).toEqual([expect.stringContaining(problem)]);
  });
});
