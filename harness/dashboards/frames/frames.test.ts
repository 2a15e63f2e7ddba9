import { describe, expect, it } from 'vitest';
import type { Target } from '../target.ts';
import { annotationEvents } from './annotation-events.ts';
import { noFrames } from './frame.ts';
import { lokiFrames, severityOf, traceIdOf } from './loki-frames.ts';
import { matrixFrames, vectorFrames } from './prometheus-frames.ts';
import { searchFrames, traceMetricFrames } from './tempo-frames.ts';
import { placeSpans, spansOf } from './trace.ts';
import { variableValues } from './variable-values.ts';

const target: Target = {
  refId: 'A',
  datasource: 'prometheus',
  datasourceUid: 'p',
  expr: 'up',
  kinds: ['range'],
  format: 'time_series',
  hidden: false,
  intervalFactor: 1,
  tableType: 'traces',
  oldestFirst: false,
};
const grid = { startMs: 1_000, endMs: 4_000, stepMs: 1_000 };
const success = (resultType: string, result: unknown) => ({ status: 'success', data: { resultType, result } });

describe('answers of Prometheus', () => {
  it('become series on the grid of the query, where a step without a sample is a gap', () => {
    const answer = success('matrix', [
      {
        metric: { lane: '1' },
        values: [
          [1, '5'],
          [3, 'NaN'],
          [4, '+Inf'],
        ],
      },
    ]);
    expect(matrixFrames(answer, { ...target, legendFormat: 'lane {{lane}}' }, grid).series).toEqual([
      { refId: 'A', name: 'lane 1', labels: { lane: '1' }, timesMs: [1_000, 2_000, 3_000, 4_000], values: [5, null, Number.NaN, Infinity] },
    ]);
  });

  it('become a table with a column a label, where the query asks for one', () => {
    const answer = success('vector', [
      { metric: { b: '2' }, value: [1.5, '7'] },
      { metric: { a: '1' }, value: [1.5, '8'] },
    ]);
    const columns = (several: boolean) =>
      vectorFrames(answer, { ...target, format: 'table' }, several).tables[0]?.columns.map(({ name, cells }) => [name, cells]);
    expect(columns(false)).toEqual([
      ['Time', [1_500, 1_500]],
      ['a', [null, '1']],
      ['b', ['2', null]],
      ['Value', [7, 8]],
    ]);
    expect(columns(true)?.at(-1)?.[0]).toBe('Value #A');
  });

  it('that are a scalar are a series of one value', () => {
    expect(vectorFrames(success('scalar', [2, '3']), target, false).series).toMatchObject([{ timesMs: [2_000], values: [3] }]);
  });

  it.each([{}, null, [], { status: 'error', error: 'no' }])('that are none are refused: %j', (answer) => {
    expect(() => matrixFrames(answer, target, grid)).toThrow(/^(?:an answer that is none|no$)/);
  });
});

describe('answers of Loki', () => {
  it('become lines with the labels of their stream', () => {
    const answer = success('streams', [
      { stream: { app: 'x', severity_text: 'WARN', trace_id: 'AB'.repeat(16) }, values: [['1500000000', 'hello']] },
    ]);
    const { lines } = lokiFrames(answer, target, grid, false);
    expect(lines).toMatchObject([{ atMs: 1_500, line: 'hello', labels: { app: 'x' } }]);
    expect(lines.map((line) => [severityOf(line), traceIdOf(line)])).toEqual([['warn', 'ab'.repeat(16)]]);
  });

  it.each([{ trace_id: '0'.repeat(32) }, { trace_id: 'x' }, {}])('lead to no trace where there is none: %j', (labels) => {
    expect(traceIdOf({ atMs: 0, line: '', labels: labels as Record<string, string>, refId: 'A' })).toBeNull();
  });
});

describe('answers of Tempo', () => {
  it('become a table of traces', () => {
    const answer = {
      traces: [
        { traceID: 'abc', rootServiceName: 's', rootTraceName: 'n', startTimeUnixNano: '1500000000', durationMs: 3 },
        { traceID: 'd' },
      ],
    };
    const columns = searchFrames(answer, target).tables[0]?.columns.map(({ name, cells }) => [name, cells]);
    expect(columns).toEqual([
      ['Trace ID', ['abc'.padStart(32, '0'), 'd'.padStart(32, '0')]],
      ['Start time', [1_500, 0]],
      ['Service', ['s', null]],
      ['Name', ['n', null]],
      ['Duration', [3, 0]],
    ]);
  });

  it('become a table of spans, with a column for each attribute that was selected', () => {
    const span = {
      spanID: 's1',
      name: 'n',
      startTimeUnixNano: '1000000',
      durationNanos: '2500000',
      attributes: [{ key: 'lane', value: { intValue: '7' } }],
    };
    const answer = { traces: [{ traceID: 'a', spanSets: [{ spans: [span] }] }] };
    const columns = searchFrames(answer, { ...target, tableType: 'spans' }).tables[0]?.columns.map(({ name, cells }) => [name, cells[0]]);
    expect(columns).toContainEqual(['Duration', 2.5]);
    expect(columns).toContainEqual(['lane', '7']);
  });

  it('become series of metrics', () => {
    const series = [
      {
        labels: [{ key: 'name', value: { stringValue: 'x' } }],
        samples: [
          { timestampMs: '1000', value: 2 },
          { timestampMs: '2000', value: 3 },
        ],
      },
    ];
    expect(traceMetricFrames({ series }, target, grid).series).toMatchObject([
      { labels: { name: 'x' }, timesMs: [1_000, 2_000], values: [2, 3] },
    ]);
  });
});

describe('a trace', () => {
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
  const span = (id: string, parent: string, startNano: number) => ({
    traceId: base64('ab'.repeat(16)),
    spanId: base64(id.repeat(8)),
    parentSpanId: parent === '' ? '' : base64(parent.repeat(8)),
    name: id,
    startTimeUnixNano: String(startNano * 1_000),
    endTimeUnixNano: String(startNano * 1_000 + 1_000_000),
    status: { code: id === '02' ? 'STATUS_CODE_ERROR' : 'STATUS_CODE_OK' },
    links: [{ traceId: base64('cd'.repeat(16)), spanId: base64('0f'.repeat(8)) }],
  });
  const answer = (...spans: readonly unknown[]) => ({
    trace: {
      resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] }, scopeSpans: [{ spans }] }],
    },
  });

  it('is a tree: parents first, earlier before later, orphans at the top', () => {
    const spans = spansOf(answer(span('03', '01', 30), span('02', '01', 20), span('01', '', 10), span('04', '09', 5)));
    expect(placeSpans(spans).map(({ span: one, depth }) => [one.name, depth])).toEqual([
      ['04', 0],
      ['01', 0],
      ['02', 1],
      ['03', 1],
    ]);
  });

  it('has ids in hex, errors, and links', () => {
    expect(spansOf(answer(span('02', '', 0)))).toMatchObject([
      {
        spanId: '02'.repeat(8),
        service: 'svc',
        hasError: true,
        durationMs: 1,
        links: [{ traceId: 'cd'.repeat(16), spanId: '0f'.repeat(8) }],
      },
    ]);
  });

  it('shows spans that name each other as parents', () => {
    expect(placeSpans(spansOf(answer(span('01', '02', 1), span('02', '01', 2)))).map(({ span: one }) => one.name)).toEqual(['01', '02']);
  });
});

describe('annotations', () => {
  const annotation = {
    name: 'Faults',
    enabled: true,
    hidden: false,
    color: 'red',
    target,
    tagKeys: ['kind'],
    titleFormat: '{{fault}}',
    useValueForTime: false,
  };

  it('are moments where lines are', () => {
    const lines = [{ atMs: 5, line: 'killed', labels: { fault: 'kill', kind: 'x' }, refId: 'A' }];
    expect(annotationEvents(annotation, { ...noFrames, lines }, 1_000)).toEqual([
      { name: 'Faults', color: 'red', startMs: 5, endMs: 5, title: 'kill', text: 'killed', tags: ['x'] },
    ]);
  });

  it('are stretches where samples follow each other, and 0 is none', () => {
    const series = [
      { refId: 'A', name: 'x', labels: { fault: 'pause' }, timesMs: [1_000, 2_000, 3_000, 4_000, 5_000], values: [1, 1, 0, null, 1] },
    ];
    expect(annotationEvents(annotation, { ...noFrames, series }, 1_000).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [1_000, 2_000],
      [5_000, 5_000],
    ]);
  });
});

describe('values of a variable', () => {
  const variable = (regex: string, sort: number) => ({
    name: 'v',
    label: 'v',
    description: '',
    hidden: false,
    multi: false,
    includeAll: false,
    current: [],
    source: {
      type: 'query' as const,
      query: { datasource: 'prometheus' as const, datasourceUid: 'p', label: 'l' },
      regex,
      sort,
      refreshOnTimeRange: false,
    },
  });

  it('are filtered, and are what the group in the expression takes', () => {
    expect(variableValues(variable('/^lane-(\\d+)$/', 0), ['lane-2', 'other', 'lane-1'])).toEqual(['2', '1']);
    expect(variableValues(variable('lane', 0), ['lane-2', 'other'])).toEqual(['lane']);
  });

  it.each<[number, readonly string[]]>([
    [0, ['b10', 'B2', 'a1']],
    [1, ['B2', 'a1', 'b10']],
    [2, ['b10', 'a1', 'B2']],
    [3, ['a1', 'B2', 'b10']],
    [7, ['a1', 'B2', 'b10']],
    [8, ['b10', 'B2', 'a1']],
  ])('sorted by %d are %j', (sort, expected) => expect(variableValues(variable('', sort), ['b10', 'B2', 'a1'])).toEqual(expected));
});
