import { expect, test } from 'vitest';
import { readAttachSettings } from './attach-settings.ts';

const urls = {
  FAULTLINE_PROMETHEUS_URL: 'https://prometheus.example/base/',
  FAULTLINE_TEMPO_URL: 'https://tempo.example',
  FAULTLINE_LOKI_URL: 'https://loki.example',
  FAULTLINE_OTLP_TRACES_URL: 'https://tempo.example:4318/v1/traces',
};

const problemOf = (environment: Readonly<Record<string, string>>): string => {
  try {
    readAttachSettings(environment);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

test('metrics and logs go to Prometheus and Loki themselves, with their access, where nothing else is said', () => {
  const { endpoints, access } = readAttachSettings({ ...urls, FAULTLINE_PROMETHEUS_TOKEN: 'abc' });
  expect(endpoints).toEqual({
    otlp: {
      metrics: 'https://prometheus.example/base/api/v1/otlp/v1/metrics',
      traces: 'https://tempo.example:4318/v1/traces',
      logs: 'https://loki.example/otlp/v1/logs',
    },
    prometheus: 'https://prometheus.example/base',
    tempo: 'https://tempo.example',
    loki: 'https://loki.example',
  });
  expect([access.prometheus, access.otlp?.metrics, access.loki]).toEqual([
    { authorization: 'Bearer abc' },
    { authorization: 'Bearer abc' },
    {},
  ]);
});

test('a collector takes all three signals, with its own access', () => {
  const { FAULTLINE_OTLP_TRACES_URL: _traces, ...queries } = urls;
  const collector = { FAULTLINE_OTLP_URL: 'http://collector:4318', FAULTLINE_OTLP_HEADERS: 'X-Scope-OrgID = one,x-key=a=b' };
  const { endpoints, access } = readAttachSettings({ ...queries, ...collector });
  expect(endpoints.otlp.traces).toBe('http://collector:4318/v1/traces');
  expect(access.otlp?.logs).toEqual({ 'x-scope-orgid': 'one', 'x-key': 'a=b' });
  expect(access.loki).toEqual({});
});

test('a user and a password are taken from variables or out of the URL, and never stay in it', () => {
  const expected = { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` };
  const named = readAttachSettings({ ...urls, FAULTLINE_LOKI_USER: 'me', FAULTLINE_LOKI_PASSWORD: 'p@ss' });
  const inUrl = readAttachSettings({ ...urls, FAULTLINE_LOKI_URL: 'https://me:p%40ss@loki.example' });
  expect([named.access.loki, inUrl.access.loki]).toEqual([expected, expected]);
  expect(JSON.stringify(inUrl.endpoints)).not.toMatch(/p(@|%40)ss/);
});

test('a user or a password in a URL that is not written as URLs have it is told, and not shown', () => {
  const problem = problemOf({
    ...urls,
    FAULTLINE_LOKI_URL: 'https://me:100%25@loki.example',
    FAULTLINE_TEMPO_URL: 'https://me:s3cret%@tempo.example',
  });
  expect(problem).toContain(
    'FAULTLINE_TEMPO_URL has a user or a password with a % that begins no %XX; write it as %25, or use FAULTLINE_TEMPO_USER and _PASSWORD',
  );
  expect(problem).not.toContain('s3cret');
  expect(problem).not.toContain('FAULTLINE_LOKI_URL has');
});

test('all that is missing is named at once, with what is read', () => {
  expect(problemOf({ FAULTLINE_PROMETHEUS_URL: 'http://p' })).toMatch(
    /FAULTLINE_TEMPO_URL is not set\n {2}FAULTLINE_LOKI_URL is not set\n {2}FAULTLINE_OTLP_TRACES_URL is not set\nIt reads:/,
  );
});

test.each([
  [{ FAULTLINE_LOKI_URL: 'ftp://me:hidden@loki' }, 'FAULTLINE_LOKI_URL is no http'],
  [{ FAULTLINE_LOKI_URL: 'https://loki?token=hidden' }, 'FAULTLINE_LOKI_URL has a query'],
  [{ FAULTLINE_LOKI_USER: 'me', FAULTLINE_LOKI_TOKEN: 'hidden' }, 'both set'],
  [{ FAULTLINE_LOKI_PASSWORD: 'hidden' }, 'FAULTLINE_LOKI_USER is not'],
  [{ FAULTLINE_LOKI_HEADERS: 'hidden' }, 'is not name=value'],
])('%j is refused without a word of what is secret', (more, expected) => {
  const problem = problemOf({ ...urls, ...more });
  expect(problem).toContain(expected);
  expect(problem).not.toContain('hidden');
});

test('each variable once is not a problem', () => {
  expect(problemOf({ ...urls, FAULTLINE_LOKI_USER: 'me', FAULTLINE_GRAFANA_URL: 'http://grafana' })).toBe('none');
});
