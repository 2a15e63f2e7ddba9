import { describe, expect, it } from 'vitest';
import type { Target } from '../../../../dashboards/target.ts';
import { backendRequest } from './backend-request.ts';

const backends = { prometheus: '', tempo: 'http://tempo', loki: 'http://loki' };
const target: Target = {
  refId: 'A',
  datasource: 'prometheus',
  datasourceUid: 'p',
  expr: 'a{b="c d"}',
  kinds: ['range'],
  format: 'time_series',
  hidden: false,
  intervalFactor: 1,
  tableType: 'traces',
  oldestFirst: false,
};
const question = { target, kind: 'range', fromMs: 1_700, toMs: 9_900, stepMs: 2_000, several: false } as const;
const asked = (changes: Readonly<Record<string, unknown>>) => {
  const url = new URL(backendRequest(backends, { ...question, ...changes } as typeof question).url, 'http://own');
  return [url.origin + url.pathname, Object.fromEntries(url.searchParams)] as const;
};

describe('backendRequest', () => {
  it('asks Prometheus on whole steps, so that each refresh sees the same moments', () => {
    expect(asked({})).toEqual(['http://own/api/v1/query_range', { query: 'a{b="c d"}', start: '0', end: '8', step: '2' }]);
    expect(asked({ kind: 'instant' })).toEqual(['http://own/api/v1/query', { query: 'a{b="c d"}', time: '9.9' }]);
  });

  it('asks Loki for the newest lines up to the end', () => {
    const loki = { ...target, datasource: 'loki', limit: 50 };
    expect(asked({ target: loki })).toEqual([
      'http://loki/loki/api/v1/query_range',
      { query: target.expr, start: '0000000', end: '9900000000', step: '2', limit: '50', direction: 'backward' },
    ]);
    expect(asked({ target: loki, kind: 'instant' })[0]).toBe('http://loki/loki/api/v1/query');
  });

  it('asks Tempo by search, or for metrics', () => {
    const tempo = { ...target, datasource: 'tempo', limit: 7 };
    expect(asked({ target: tempo, kind: 'search' })).toEqual([
      'http://tempo/api/search',
      { q: target.expr, start: '1', end: '10', limit: '7', spss: '3' },
    ]);
    expect(asked({ target: tempo })[0]).toBe('http://tempo/api/metrics/query_range');
  });
});
