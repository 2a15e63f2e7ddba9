import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { DecodedResourceMetrics, OtlpMetric } from '../otlp-metric-types.ts';
import { evaluate } from '../promql/evaluate.ts';
import { formatFloat } from '../promql/float-text.ts';
import { formatLabels, labelsFrom } from '../promql/labels.ts';
import { bytesPerBlock } from './block-pool.ts';
import { noDrops } from './limits.ts';
import type { MetricStore } from './metric-store.ts';
import { createMetricStore } from './metric-store.ts';

const start = 1_700_000_000_000;

const nanos = (timeMs: number): string => `${timeMs}000000`;

const text = (key: string, stringValue: string): { key: string; value: { stringValue: string } } => ({ key, value: { stringValue } });

const resource = {
  attributes: [
    text('service.name', 'ingest'),
    text('service.namespace', 'faultline'),
    text('service.instance.id', 'ingest-1'),
    text('faultline.run', 'r1'),
    text('host.name', 'desk'),
  ],
};

const exported = (...metrics: OtlpMetric[]): DecodedResourceMetrics[] => [{ resource, scopeMetrics: [{ metrics }] }];

const counter = (value: number, timeMs = start, attributes = [text('lane', '0')]): OtlpMetric => ({
  name: 'messaging.client.sent.messages',
  unit: '{message}',
  description: 'Sent.',
  sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ attributes, timeUnixNano: nanos(timeMs), asInt: String(value) }] },
});

const gauge = (value: number, timeMs = start, name = 'depth'): OtlpMetric => ({
  name,
  gauge: { dataPoints: [{ timeUnixNano: nanos(timeMs), asDouble: value }] },
});

const ask = (store: MetricStore, query: string, timeMs = start): Record<string, string> => {
  const { result } = evaluate(query, { kind: 'instant', timeMs }, store);
  if (result.type !== 'vector') throw new Error(`${query} gave a ${result.type}`);
  return Object.fromEntries(result.samples.map(({ labels, value }) => [formatLabels(labels), formatFloat(value)]));
};

const common = 'faultline_run="r1", instance="ingest-1", job="faultline/ingest"';

describe('ingestion', () => {
  it('names a counter as Prometheus does, with job, instance and promoted attributes', () => {
    const store = createMetricStore();
    expect(store.ingest(exported(counter(7)), start)).toMatchObject({ acceptedPoints: 1, rejectedPoints: 0, message: '' });
    expect(ask(store, '{__name__=~"messaging.+"}')).toEqual({
      '{__name__="messaging_client_sent_messages_total", faultline_run="r1", instance="ingest-1", job="faultline/ingest", lane="0"}': '7',
    });
    expect(store.metadata().get('messaging_client_sent_messages_total')).toEqual({ type: 'counter', help: 'Sent.', unit: '' });
  });

  it('keeps what else is known of the resource in target_info', () => {
    const store = createMetricStore();
    store.ingest(exported(gauge(1)), start);
    expect(ask(store, 'target_info')).toEqual({
      '{__name__="target_info", faultline_run="r1", host_name="desk", instance="ingest-1", job="faultline/ingest"}': '1',
    });
  });

  it('makes cumulative buckets, sum and count of a histogram', () => {
    const store = createMetricStore();
    const point = {
      timeUnixNano: BigInt(start) * 1_000_000n,
      count: 6,
      sum: 1.5,
      bucketCounts: ['1', '2', '3'],
      explicitBounds: [0.25, 1],
    };
    store.ingest(
      exported({ name: 'd', unit: 's', histogram: { aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE', dataPoints: [point] } }),
      start,
    );
    expect(ask(store, '{__name__=~"d_.*"}')).toEqual({
      [`{__name__="d_seconds_bucket", ${common.replace(', job', ', job')}, le="0.25"}`]: '1',
      [`{__name__="d_seconds_bucket", ${common}, le="1"}`]: '3',
      [`{__name__="d_seconds_bucket", ${common}, le="+Inf"}`]: '6',
      [`{__name__="d_seconds_sum", ${common}}`]: '1.5',
      [`{__name__="d_seconds_count", ${common}}`]: '6',
    });
    expect(Object.values(ask(store, 'histogram_quantile(0.5, d_seconds_bucket)'))).toEqual(['1']);
  });

  it('makes quantiles of a summary', () => {
    const store = createMetricStore();
    const point = { timeUnixNano: nanos(start), count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] };
    store.ingest(exported({ name: 'q', summary: { dataPoints: [point] } }), start);
    expect(ask(store, 'q')).toEqual({ [`{__name__="q", ${common}, quantile="0.5"}`]: '1' });
    expect(Object.values(ask(store, 'q_count'))).toEqual(['2']);
  });

  it('ends a series where a point says that nothing was recorded', () => {
    const store = createMetricStore();
    store.ingest(exported(gauge(5)), start);
    store.ingest(exported({ name: 'depth', gauge: { dataPoints: [{ timeUnixNano: nanos(start + 1000), flags: 1 }] } }), start + 1000);
    expect(Object.values(ask(store, 'depth', start + 999))).toEqual(['5']);
    expect(ask(store, 'depth', start + 1000)).toEqual({});
  });

  it('refuses delta temporality and exponential histograms by name, and takes the rest', () => {
    const store = createMetricStore();
    const delta: OtlpMetric = {
      name: 'd',
      sum: { isMonotonic: true, aggregationTemporality: 1, dataPoints: [{ timeUnixNano: nanos(start), asInt: 1 }] },
    };
    const exponential: OtlpMetric = { name: 'e', exponentialHistogram: { dataPoints: [{}, {}] } };
    const result = store.ingest(exported(delta, exponential, gauge(1)), start);
    expect(result).toMatchObject({ acceptedPoints: 1, rejectedPoints: 3 });
    expect(result.message).toContain('metric "d" is not cumulative');
    expect(result.message).toContain('metric "e" is an exponential histogram');
    expect(store.report().drops).toMatchObject({ temporality: 1, exponential: 2 });
  });

  it('takes late samples inside the window, in their place, and refuses older ones', () => {
    const store = createMetricStore({ outOfOrderWindowMs: 10_000 });
    for (const [value, offsetMs] of [
      [1, 0],
      [3, 20_000],
      [2, 10_000],
    ] as const) {
      expect(store.ingest(exported(gauge(value, start + offsetMs)), start + 20_000).rejectedPoints).toBe(0);
    }
    expect(store.ingest(exported(gauge(9, start + 9_000)), start + 20_000)).toMatchObject({ rejectedPoints: 1 });
    const { result } = evaluate('depth[1m]', { kind: 'instant', timeMs: start + 20_000 }, store);
    expect(result).toMatchObject({ series: [{ points: [{ value: 1 }, { value: 2 }, { value: 3 }] }] });
    expect(store.report().drops.late).toBeGreaterThan(0);
  });

  it('counts no loss where every point was taken, though target_info is of our making and knows a later time already', () => {
    const store = createMetricStore({ outOfOrderWindowMs: 10_000 });
    store.ingest(exported(gauge(1, start + 20_000, 'first')), start + 20_000);
    expect(store.ingest(exported(gauge(1, start, 'second')), start + 20_000)).toMatchObject({ acceptedPoints: 1, rejectedPoints: 0 });
    expect(store.report().drops).toEqual(noDrops());
    expect(store.droppedSince(start)).toBe(0);
  });

  it('drops an exact repeat without complaint, and refuses another value for the same time', () => {
    const store = createMetricStore();
    store.ingest(exported(gauge(1)), start);
    expect(store.ingest(exported(gauge(1)), start)).toMatchObject({ rejectedPoints: 0, appendedSamples: 0 });
    expect(store.ingest(exported(gauge(2)), start)).toMatchObject({ rejectedPoints: 1 });
    expect(Object.values(ask(store, 'depth'))).toEqual(['1']);
    expect(store.report().drops).toMatchObject({ conflict: 1 });
  });

  it('joins attributes whose names become equal', () => {
    const store = createMetricStore();
    store.ingest(exported(counter(1, start, [text('a.b', 'x'), text('a_b', 'y')])), start);
    expect(Object.keys(ask(store, 'messaging_client_sent_messages_total'))[0]).toContain('a_b="x;y"');
  });

  it.each([
    ['a value that is no number', { asDouble: 'many' }],
    ['an integer with a fraction', { asInt: 1.5 }],
    ['attributes that are no list', { asInt: 1, attributes: 7 }],
    ['an attribute without a key', { asInt: 1, attributes: [{ value: { intValue: '1' } }] }],
    ['an attribute that is no value', { asInt: 1, attributes: [{ key: 'a', value: { intValue: 'x' } }] }],
    ['an attribute whose text is none', { asInt: 1, attributes: [{ key: 'a', value: { stringValue: { toString: 1 } } }] }],
    ['an attribute whose bytes are a number', { asInt: 1, attributes: [{ key: 'a', value: { bytesValue: 5 } }] }],
    ['a map with an entry that is none', { asInt: 1, attributes: [{ key: 'a', value: { kvlistValue: { values: [null] } } }] }],
    ['a map with a name that is none', { asInt: 1, attributes: [{ key: 'a', value: { kvlistValue: { values: [{ key: {} }] } } }] }],
    ['flags that are no number', { asInt: 1, flags: { valueOf: 1, toString: 1 } }],
    ['a time that is none', { asInt: 1, timeUnixNano: 'noon' }],
  ])('refuses %s, alone', (_, wrong) => {
    const store = createMetricStore();
    const points = [
      { timeUnixNano: nanos(start), ...wrong },
      { timeUnixNano: nanos(start), asInt: 5 },
    ];
    const request = exported({ name: 'x', gauge: { dataPoints: points } } as unknown as OtlpMetric, 5 as unknown as OtlpMetric);
    expect(store.ingest(request, start)).toMatchObject({ acceptedPoints: 1, rejectedPoints: 1 });
    expect(Object.values(ask(store, 'x'))).toEqual(['5']);
    expect(store.report()).toMatchObject({ series: 2, drops: { invalid: 1 } });
  });

  it('leaves no series behind of a point that can not be read', () => {
    const store = createMetricStore();
    const point = { timeUnixNano: nanos(start), asInt: 5, flags: 'none' };
    store.ingest(exported({ name: 'x', gauge: { dataPoints: [point] } } as unknown as OtlpMetric), start);
    expect(store.report()).toMatchObject({ series: 0, drops: { invalid: 1 } });
  });

  it('refuses a data point that is none, alone', () => {
    const store = createMetricStore();
    const dataPoints = [null, { timeUnixNano: nanos(start), asInt: 5 }, 7] as unknown as [];
    expect(store.ingest(exported({ name: 'x', gauge: { dataPoints } }), start)).toMatchObject({ acceptedPoints: 1, rejectedPoints: 2 });
    expect(store.report().drops).toMatchObject({ invalid: 2 });
  });

  it.each([5, [null]])('refuses a summary whose quantiles are %j, alone', (quantileValues) => {
    const store = createMetricStore();
    const dataPoints = [{ timeUnixNano: nanos(start), quantileValues }] as unknown as [];
    const result = store.ingest(exported({ name: 'q', summary: { dataPoints } }, gauge(1)), start);
    expect(result).toMatchObject({ acceptedPoints: 1, rejectedPoints: 1 });
  });

  it('passes over metrics, scopes and resources that are none, and takes the rest', () => {
    const store = createMetricStore();
    const scopeMetrics = [null, { metrics: 7 }, { metrics: [null, gauge(1)] }];
    const request = [null, { resource, scopeMetrics }, { scopeMetrics: 7 }] as unknown as DecodedResourceMetrics[];
    const result = store.ingest(request, start);
    expect(result).toMatchObject({ acceptedPoints: 1, rejectedPoints: 0 });
    expect(result.message).toContain('scopeMetrics is not valid: 7');
    expect(store.report().drops).toMatchObject({ invalid: 0 });
  });

  it('counts all points of what is left out as a whole', () => {
    const store = createMetricStore();
    const dataPoints = [1, 2, 3].map((asInt) => ({ timeUnixNano: nanos(start + asInt), asInt }));
    const nameless = { name: 5, gauge: { dataPoints } } as unknown as OtlpMetric;
    const keyless = { resource: { attributes: [{ value: { stringValue: 'x' } }] }, scopeMetrics: [{ metrics: [counter(1), gauge(1)] }] };
    const result = store.ingest([...exported(nameless, gauge(1)), keyless as unknown as DecodedResourceMetrics], start);
    expect(result).toMatchObject({ acceptedPoints: 1, rejectedPoints: 5 });
    expect(result.message).toBe(
      'name is not valid: 5 (3 data points); attribute is not valid: {"value":{"stringValue":"x"}} (2 data points)',
    );
    expect(store.report().drops).toMatchObject({ invalid: 5 });
  });

  it('survives a request without anything in it', () => {
    expect(createMetricStore().ingest([{}, { scopeMetrics: [{ metrics: [{}] }] }], start)).toMatchObject({
      acceptedPoints: 0,
      rejectedPoints: 0,
    });
  });
});

const liveHeapBytes = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
};

describe('limits', () => {
  it('let go of samples past the retention, and of series without samples', () => {
    const store = createMetricStore({ retentionMs: 60_000 });
    store.ingest(exported(gauge(1)), start);
    store.ingest(exported(gauge(1, start + 61_000, 'other')), start + 61_000);
    expect(store.labelSets([], -Infinity, Infinity).map(({ pairs }) => pairs[1])).not.toContain('depth');
    expect(store.report().drops.retention).toBe(2);
    expect(store.ingest(exported(gauge(1)), start + 61_000)).toMatchObject({ rejectedPoints: 1 });
  });

  it('take a series again after it was let go', () => {
    const store = createMetricStore({ retentionMs: 60_000 });
    store.ingest(exported(gauge(1)), start);
    store.ingest(exported(gauge(1, start + 120_000, 'other')), start + 120_000);
    store.ingest(exported(gauge(2, start + 121_000)), start + 121_000);
    expect(Object.values(ask(store, 'depth', start + 121_000))).toEqual(['2']);
  });

  it('refuse series past their number, whole histograms at once', () => {
    const store = createMetricStore({ maxSeries: 3 });
    const point = { timeUnixNano: nanos(start), count: 1, sum: 1, bucketCounts: [1, 0], explicitBounds: [1] };
    const result = store.ingest(exported(gauge(1), { name: 'h', histogram: { aggregationTemporality: 2, dataPoints: [point] } }), start);
    expect(result).toMatchObject({ acceptedPoints: 1, rejectedPoints: 1 });
    expect(result.message).toContain('the store holds its 3 series already');
    expect(ask(store, '{__name__=~"h_.*"}')).toEqual({});
  });

  it('let the oldest go first where the bytes run out, and count them', () => {
    const store = createMetricStore({ maxBytes: 5_000, retentionMs: 1e9 });
    for (let second = 0; second < 2_000; second += 1) store.ingest(exported(gauge(second, start + second * 1000)), start + second * 1000);
    const { bytes, drops, oldestMs, newestMs } = store.report();
    expect(bytes).toBeLessThanOrEqual(5_000 + 2 * bytesPerBlock);
    expect(drops.bytes).toBeGreaterThan(1_000);
    expect(newestMs).toBe(start + 1_999_000);
    expect(oldestMs).toBeGreaterThan(start);
  });

  const named = (prefix: string, count: number, timeMs: number): OtlpMetric[] =>
    Array.from({ length: count }, (_, at) => gauge(1, timeMs, `${prefix}${at}`));

  it('refuse new series once series alone take their share of the bytes, and let go of nothing that is written', () => {
    const store = createMetricStore({ maxBytes: 100_000 });
    for (let second = 0; second < 60; second += 1)
      store.ingest(exported(...named('steady', 20, start + second * 1000)), start + second * 1000);
    for (let second = 60; second < 600; second += 1) {
      const nowMs = start + second * 1000;
      expect(store.ingest(exported(...named('steady', 20, nowMs)), nowMs)).toMatchObject({ rejectedPoints: 0 });
      store.ingest(exported(...named(`flood${second % 60}x`, 20, nowMs)), nowMs);
    }
    const refused = store.ingest(exported(gauge(1, start + 600_000, 'late')), start + 600_000);
    expect(refused).toMatchObject({ acceptedPoints: 0, rejectedPoints: 1 });
    expect(refused.message).toBe('late: the series of the store take the 75000 bytes already that are for them');
    expect(Object.values(ask(store, 'count_over_time(steady0[10m])', start + 599_000))).toEqual(['600']);
    const { bytes, drops } = store.report();
    expect(drops).toMatchObject({ bytes: 0 });
    expect(drops.series).toBeGreaterThan(10_000);
    expect(store.droppedSince(start)).toBe(drops.series);
    expect(bytes).toBeLessThanOrEqual(100_000);
  });

  it('let series that ended make way for new ones, the longest ended first, and count their samples', () => {
    const store = createMetricStore({ maxBytes: 100_000 });
    store.ingest(exported(...named('first', 15, start)), start);
    store.ingest(exported(...named('second', 15, start + 60_000)), start + 60_000);
    const laterMs = start + 200_000;
    expect(store.ingest(exported(...named('third', 15, laterMs)), laterMs)).toMatchObject({ acceptedPoints: 15, rejectedPoints: 0 });
    expect(ask(store, 'count({__name__=~"first.+"}) or vector(0)', start)).not.toEqual({ '{}': '15' });
    expect(ask(store, 'count({__name__=~"second.+"})', start + 60_000)).toEqual({ '{}': '15' });
    const { drops } = store.report();
    expect(drops).toMatchObject({ series: 0, bytes: expect.any(Number) });
    expect(drops.bytes).toBeGreaterThan(0);
    expect([store.droppedSince(start), store.droppedSince(start + 1_000)]).toEqual([drops.bytes, 0]);
  });

  it('refuse what rules would add past the bytes for series', () => {
    const store = createMetricStore({ maxBytes: 10_000 });
    const outcomes = ['a', 'b', 'c', 'd', 'e'].map((name) => store.append(labelsFrom({ __name__: name }), start, 1));
    expect(outcomes).toEqual(['appended', 'appended', 'appended', 'appended', 'series']);
    expect(store.report().drops.series).toBe(1);
  });

  it('charge a series for the text of its labels', () => {
    const store = createMetricStore({ maxBytes: 1_000_000 });
    const long = (at: number): OtlpMetric => counter(1, start, [text('note', `${at}`.padEnd(100_000, 'x'))]);
    expect(store.ingest(exported(long(1), long(2), long(3)), start)).toMatchObject({ acceptedPoints: 2, rejectedPoints: 1 });
    expect(store.report().bytes).toBeGreaterThan(600_000);
  });

  it('hold on to no text of series and resources that are gone', () => {
    const store = createMetricStore({ maxBytes: 2_000_000 });
    const before = liveHeapBytes();
    for (let round = 1; round <= 200; round += 1) {
      const nowMs = start + round * 200_000;
      const long = text('note', String(round).padEnd(100_000, 'x'));
      const [block] = exported(counter(1, nowMs, [long]));
      store.ingest([{ ...block, resource: { attributes: [...resource.attributes, long] } }], nowMs);
    }
    expect(store.report().bytes).toBeLessThan(2_000_000);
    expect(liveHeapBytes() - before).toBeLessThan(5_000_000);
  });

  it('cut what metadata keeps, whose texts nobody charges', () => {
    const store = createMetricStore();
    const { name: _name, ...unnamed } = gauge(1);
    store.ingest(exported({ ...unnamed, name: 'depth', description: 'd'.repeat(5_000), unit: `{${'u'.repeat(5_000)}}` }), start);
    store.ingest(exported({ ...unnamed, name: 'weight', unit: 'u'.repeat(5_000) }), start);
    store.ingest(exported({ ...unnamed, name: 'n'.repeat(5_000) }), start);
    expect([...store.metadata()]).toEqual([['depth', { type: 'gauge', help: 'd'.repeat(1_024), unit: '' }]]);
  });

  it('refuse a sample from far ahead', () => {
    expect(createMetricStore().ingest(exported(gauge(1, start + 700_000)), start)).toMatchObject({ rejectedPoints: 1 });
  });
});
