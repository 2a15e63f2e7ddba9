import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetricStore } from './metrics/metric-store.ts';
import { prometheusApi } from './prometheus-api.ts';

const start = 1_700_000_000_000;
const startSeconds = start / 1000;

const store = createMetricStore({ retentionMs: 1e12 });
const app = fastify();
let address = '';

const ingest = (second: number): void => {
  const point = (lane: string, value: number) => ({
    attributes: [{ key: 'lane', value: { stringValue: lane } }],
    timeUnixNano: `${start + second * 1000}000000`,
    asDouble: value,
  });
  const metric = {
    name: 'faultline.log.appended',
    description: 'Appended.',
    sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [point('0', second * 10), point('1', second * 20)] },
  };
  const attributes = [{ key: 'service.name', value: { stringValue: 'worker' } }];
  store.ingest([{ resource: { attributes }, scopeMetrics: [{ metrics: [metric] }] }], start + second * 1000);
};

beforeAll(async () => {
  for (let second = 0; second <= 60; second += 1) ingest(second);
  await app.register(prometheusApi(store, { now: () => start + 60_000 }));
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await app.close();
});

type Metric = Readonly<Record<string, string>>;
type Body = {
  readonly data: {
    readonly resultType?: string;
    readonly result: readonly { readonly metric: Metric; readonly values: readonly [number, string][] }[];
    readonly version?: string;
    readonly headStats?: unknown;
    readonly dropped?: readonly { readonly count: number }[];
    readonly length?: number;
  };
  readonly error?: string;
  readonly warnings?: readonly string[];
};
type Reply = { readonly code: number; readonly body: Body };

const get = async (path: string, parameters: Record<string, string> | [string, string][] = {}): Promise<Reply> => {
  const response = await fetch(`${address}${path}?${new URLSearchParams(parameters).toString()}`);
  return { code: response.status, body: (await response.json()) as Body };
};

const post = async (path: string, parameters: Record<string, string>): Promise<Reply> => {
  const response = await fetch(`${address}${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
  return { code: response.status, body: (await response.json()) as Body };
};

describe('query', () => {
  it('answers an instant query in the envelope of Prometheus, by GET and by POST', async () => {
    const parameters = { query: 'sum(rate(faultline_log_appended_total[30s]))', time: String(startSeconds + 60) };
    const expected = {
      code: 200,
      body: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [startSeconds + 60, '30'] }] } },
    };
    expect(await get('/api/v1/query', parameters)).toEqual(expected);
    expect(await post('/api/v1/query', parameters)).toEqual(expected);
  });

  it('takes now for a missing time, and dates for times', async () => {
    expect((await get('/api/v1/query', { query: 'time()' })).body.data).toEqual({
      resultType: 'scalar',
      result: [startSeconds + 60, String(startSeconds + 60)],
    });
    const dated = await get('/api/v1/query', { query: 'time()', time: '2023-11-14T22:13:20.5Z' });
    expect(dated.body.data.result).toEqual([startSeconds + 0.5, String(startSeconds + 0.5)]);
  });

  it('gives strings and range vectors as Prometheus does', async () => {
    expect((await get('/api/v1/query', { query: '"hello"' })).body.data.resultType).toBe('string');
    const { body } = await get('/api/v1/query', { query: 'faultline_log_appended_total{lane="0"}[2s]' });
    expect(body.data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'faultline_log_appended_total', job: 'worker', lane: '0' },
          values: [
            [startSeconds + 59, '590'],
            [startSeconds + 60, '600'],
          ],
        },
      ],
    });
  });

  it('answers a wrong query with 400 and the place, a failing one with 422', async () => {
    expect(await get('/api/v1/query', { query: 'rate(x)' })).toEqual({
      code: 400,
      body: {
        status: 'error',
        errorType: 'bad_data',
        error: 'invalid parameter "query": 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
      },
    });
    const failing = await get('/api/v1/query', { query: 'faultline_log_appended_total + on(job) faultline_log_appended_total' });
    expect(failing).toMatchObject({ code: 422, body: { status: 'error', errorType: 'execution' } });
    expect((await get('/api/v1/query', { query: 'time()', time: 'soon' })).body.error).toBe(
      `invalid parameter "time": invalid time value for 'time': cannot parse "soon" to a valid timestamp`,
    );
  });

  it.each(['0', '-5', '0s'])('takes a look-back of %s for none that was asked for', async (lookback) => {
    const parameters = { query: 'count(faultline_log_appended_total)', time: String(startSeconds + 90), lookback_delta: lookback };
    expect((await get('/api/v1/query', parameters)).body.data.result).toHaveLength(1);
    const short = await get('/api/v1/query', { ...parameters, lookback_delta: '30' });
    expect(short.body.data.result).toHaveLength(0);
  });

  it('sends warnings and infos along, and says when it cut the answer', async () => {
    const { body } = await get('/api/v1/query', { query: 'faultline_log_appended_total', limit: '1' });
    expect(body.data.result).toHaveLength(1);
    expect(body.warnings).toEqual(['results truncated due to limit']);
  });
});

describe('query_range', () => {
  const range = { start: String(startSeconds + 10), end: String(startSeconds + 30), step: '10' };

  it('answers with series sorted by their labels', async () => {
    const { code, body } = await get('/api/v1/query_range', { ...range, query: 'faultline_log_appended_total' });
    expect(code).toBe(200);
    expect(body.data.resultType).toBe('matrix');
    expect(body.data.result.map((series) => [series.metric.lane, series.values.map(([, value]) => value)])).toEqual([
      ['0', ['100', '200', '300']],
      ['1', ['200', '400', '600']],
    ]);
  });

  it('takes steps as durations', async () => {
    expect((await post('/api/v1/query_range', { ...range, step: '5s', query: 'vector(1)' })).body.data.result[0]!.values).toHaveLength(5);
  });

  it.each([
    [{ step: '0' }, 'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer'],
    [{ step: 'fast' }, 'invalid parameter "step": cannot parse "fast" to a valid duration'],
    [{ end: '0' }, 'invalid parameter "end": end timestamp must not be before start time'],
    [{ start: '' }, 'invalid parameter "start": cannot parse "" to a valid timestamp'],
    [{ step: '0.001' }, 'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)'],
    [
      { query: 'up[5m]' },
      'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
  ])('refuses %o', async (change, error) => {
    expect(await get('/api/v1/query_range', { ...range, query: 'up', ...change })).toEqual({
      code: 400,
      body: { status: 'error', errorType: 'bad_data', error },
    });
  });
});

describe('what there is', () => {
  it('lists labels, their values, and series', async () => {
    expect((await get('/api/v1/labels')).body.data).toEqual(['__name__', 'job', 'lane']);
    expect((await get('/api/v1/label/lane/values')).body.data).toEqual(['0', '1']);
    expect((await get('/api/v1/label/lane/values', { 'match[]': '{lane=~"[1-9]"}' })).body.data).toEqual(['1']);
    const series = await get('/api/v1/series', [
      ['match[]', '{lane="0"}'],
      ['match[]', '{lane="1"}'],
    ]);
    expect(series.body.data).toHaveLength(2);
    expect((await get('/api/v1/series')).code).toBe(400);
    expect((await get('/api/v1/labels', { start: String(startSeconds + 1000) })).body.data).toEqual([]);
  });

  it('tells type and help of a metric, and what version it speaks', async () => {
    expect((await get('/api/v1/metadata', { metric: 'faultline_log_appended_total' })).body.data).toEqual({
      faultline_log_appended_total: [{ type: 'counter', help: 'Appended.', unit: '' }],
    });
    expect((await get('/api/v1/status/buildinfo')).body.data.version).toMatch(/^3\./);
  });

  it('says how full it is and what it dropped', async () => {
    const { body } = await get('/api/v1/status/tsdb');
    expect(body.data.headStats).toMatchObject({ numSeries: 2, minTime: start, maxTime: start + 60_000 });
    expect(body.data.dropped!.every(({ count }) => count === 0)).toBe(true);
  });
});
