import { expect, test } from 'vitest';
import { readLogs } from '../../otlp/read-logs.ts';
import { createLogStore } from '../log-store.ts';
import { evaluateMetric } from './evaluate-metric.ts';
import { parseLogql } from './parse.ts';
import type { LogQuery, MetricQuery } from './query.ts';
import { selectLogs } from './select-logs.ts';

const record = (second: number, body: string, severity: number, more: object = {}) => ({
  timeUnixNano: String(second * 1e9),
  body: { stringValue: body },
  severityNumber: severity,
  ...more,
});
const resource = (service: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: service } }] });
const limits = { maxBytes: 1e6, maxEntries: 100, maxLineBytes: 1_000, maxAgeMs: 1e6 };

const store = createLogStore(limits);
store.add(
  readLogs({
    resourceLogs: [
      {
        resource: resource('shop'),
        scopeLogs: [
          {
            logRecords: [
              record(10, 'first try', 9, { attributes: [{ key: 'error.code', value: { intValue: '7' } }] }),
              record(20, 'second TRY', 17, { severityText: 'ERROR', traceId: 'b'.repeat(32) }),
              record(30, '{"took":"1.5s","size":"2KB","deep":{"er":1},"list":[1]}', 9),
              record(40, 'level=warn msg="hello there" n=12', 13),
            ],
          },
        ],
      },
      { resource: resource('bank'), scopeLogs: [{ logRecords: [record(25, 'first of the bank', 9)] }] },
    ],
  }),
  0,
);

const lines = (query: string, from = 0n, to = 100n) =>
  [...selectLogs(parseLogql(query) as LogQuery, store.entries(), from * 1_000_000_000n, to * 1_000_000_000n)].map(({ entry }) =>
    Number(entry.atNano / 1_000_000_000n),
  );

test.each<[string, number[]]>([
  ['{service_name="shop"}', [10, 20, 30, 40]],
  ['{service_name=~"shop|bank", service_name!="shop"}', [25]],
  ['{service_name=~".+", service_name!~"sh.*"} |= "bank"', [25]],
  ['{service_name="shop"} |= "try"', [10]],
  ['{service_name="shop"} |~ "(?i)TRY"', [10, 20]],
  ['{service_name="shop"} |= "first" or "hello" != "msg"', [10]],
  ['{service_name="shop"} !~ "^.*try$" != "{"', [20, 40]],
  ['{service_name=~".+"} | severity_text="ERROR"', [20]],
  ['{service_name=~".+"} | severity_number >= 13', [20, 40]],
  ['{service_name=~".+"} | severity_number >= 13 | detected_level != "error"', [40]],
  [`{service_name=~".+"} | trace_id="${'b'.repeat(32)}"`, [20]],
  ['{service_name=~".+"} | error_code=7 or severity_number=13', [10, 40]],
  ['{service_name=~".+"} | (error_code="7" or severity_number=13) and detected_level="warn"', [40]],
  ['{service_name=~".+"} | error_code!="7", severity_number=9', [30, 25]],
  ['{service_name="shop"} | json | took > 1s', [30]],
  ['{service_name="shop"} | json | size <= 2KB | deep_er=1', [30]],
  ['{service_name="shop"} | json | __error__="JSONParserErr"', [10, 20, 40]],
  ['{service_name="shop"} | logfmt | msg="hello there" | n > 11.5', [40]],
])('%s keeps the lines of %j', (query, expected) => {
  expect(lines(query)).toEqual(expected);
});

test('the time is inclusive at its start and exclusive at its end', () => {
  expect(lines('{service_name="shop"}', 10n, 30n)).toEqual([10, 20]);
});

const metric = (query: string, atMs = 50_000) =>
  evaluateMetric(parseLogql(query) as MetricQuery, () => store.entries(), atMs).map(({ labels, value }) => [
    labels['service_name'] ?? '',
    value,
  ]);

test.each<[string, unknown[]]>([
  ['sum(count_over_time({service_name=~".+"}[1m]))', [['', 5]]],
  [
    'sum by (service_name) (count_over_time({service_name=~".+"} |= "first" [1m]))',
    [
      ['shop', 1],
      ['bank', 1],
    ],
  ],
  ['sum(rate({service_name="shop"}[20s]))', [['', 0.05]]],
  ['sum(count_over_time({service_name="shop"}[20s] offset 10s))', [['', 2]]],
  ['max by (service_name) (bytes_over_time({service_name="bank"}[1m]))', [['bank', 17]]],
  ['sum(count_over_time({service_name="nobody"}[1m]))', []],
])('%s counts', (query, expected) => {
  expect(metric(query)).toEqual(expected);
});

test.each([
  ['', 0, 'the query is empty'],
  ['{}', 1, 'syntax error'],
  ['{a=~".*"}', 0, 'at least one regexp or equality matcher'],
  ['{a="b"', 6, 'syntax error'],
  ['{a="b"} | line_format "x"', 10, 'LineFormatExpr'],
  ['{a="b"} | unpack', 10, 'LabelParser "unpack" is not supported'],
  ['{a="b"} |> "<_>"', 8, 'PipePattern'],
  ['{a="b"} |= ip("1.2.3.4")', 11, 'FilterOp "ip" is not supported'],
  ['{a="b"} |~ "("', 11, 'Invalid regular expression'],
  ['topk(3, rate({a="b"}[1m]))', 0, 'Topk "topk" is not supported'],
  ['quantile_over_time(0.9, {a="b"} | unwrap x [1m])', 0, 'QuantileOverTime'],
  ['sum(rate({a="b"}[1m])) > 3', 0, 'BinOpExpr'],
])('%s is refused at %i', (query, position, message) => {
  const error = (() => {
    try {
      return parseLogql(query);
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toMatchObject({ name: 'QueryRefused', position, message: expect.stringContaining(message) });
});

test('the oldest entries go for the bounds and are counted; a line that is too long is rejected', () => {
  const small = createLogStore({ ...limits, maxEntries: 2, maxLineBytes: 10 });
  const request = (...bodies: string[]) =>
    readLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: bodies.map((body, at) => record(at + 1, body, 9)) }] }] });
  expect(small.add(request('a', 'b', 'c', 'x'.repeat(11)), 0)).toMatchObject({
    accepted: 3,
    rejected: 1,
    message: expect.stringContaining('the most is 10'),
  });
  expect([...small.entries()].map(({ entry }) => entry.line)).toEqual(['b', 'c']);
  expect(small.report()).toMatchObject({ entries: 2, droppedEntries: 1, streams: 1 });
});
