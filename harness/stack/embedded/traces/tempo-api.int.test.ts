// Tempo's API over HTTP: the shapes, status codes and texts that Grafana's data source meets.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageType } from '../otlp/descriptor.ts';
import { startTestStack } from '../testing.ts';
import type { TestStack } from '../testing.ts';

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const traceId = '0af7651916cd43dd8448eb211c80319c';
const startSeconds = Math.floor(Date.now() / 1_000) - 30;
const at = (milliseconds: number): string => `${startSeconds * 1_000 + milliseconds}000000`;

/** request (shop) > query (failed, 2 events, a link). */
const body = {
  resourceSpans: [
    {
      resource: { attributes: [attribute('service.name', 'shop')] },
      scopeSpans: [
        {
          scope: { name: 'lib', version: '1' },
          spans: [
            {
              traceId,
              spanId: '00f067aa0ba902b7',
              name: 'request',
              kind: 2,
              startTimeUnixNano: at(0),
              endTimeUnixNano: at(80),
              attributes: [{ key: 'code', value: { intValue: '200' } }, attribute('route', '/a')],
            },
            {
              traceId,
              spanId: '00f067aa0ba902b8',
              parentSpanId: '00f067aa0ba902b7',
              name: 'query',
              kind: 3,
              startTimeUnixNano: at(10),
              endTimeUnixNano: at(30),
              attributes: [{ key: 'code', value: { intValue: '500' } }],
              status: { code: 2, message: 'no' },
              events: [{ name: 'exception', timeUnixNano: at(20), attributes: [attribute('reason', 'slow')] }],
              links: [{ traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), attributes: [attribute('why', 'batch')] }],
            },
          ],
        },
      ],
    },
  ],
};

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  await fetch(`${stack.url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
});
afterAll(async () => stack[Symbol.asyncDispose]());

const get = async (path: string, headers: Record<string, string> = {}) => fetch(`${stack.url}${path}`, { headers });
const json = async (path: string): Promise<unknown> => (await get(path)).json();
const q = (query: string): string => encodeURIComponent(query);

test('a search answers with spansets, what they matched and what the query named', async () => {
  const found = { spanID: '00f067aa0ba902b8', name: 'query', startTimeUnixNano: at(10), durationNanos: '20000000' };
  const attributes = [
    { key: 'status', value: { stringValue: 'error' } },
    { key: 'code', value: { intValue: '500' } },
    { key: 'reason', value: { stringValue: 'slow' } },
  ];
  const spanSet = {
    spans: [{ ...found, attributes }],
    matched: 1,
    attributes: [{ key: 'by(resource.service.name)', value: { stringValue: 'shop' } }],
  };
  const shown = { key: 'service.name', value: { stringValue: 'shop' } };
  const answer = await json(`/api/search?q=${q('{ status = error } | by(resource.service.name) | select(span.code, event.reason)')}`);
  expect(answer).toMatchObject({
    traces: [
      {
        traceID: traceId,
        rootServiceName: 'shop',
        rootTraceName: 'request',
        startTimeUnixNano: at(0),
        durationMs: 80,
        spanSet: { matched: 1 },
        spanSets: [{ ...spanSet, spans: [{ ...found, attributes: [attributes[0], shown, attributes[1], attributes[2]] }] }],
        serviceStats: { shop: { spanCount: 2, errorCount: 1 } },
      },
    ],
    metrics: { inspectedTraces: 1, completedJobs: 1, totalJobs: 1 },
  });
});

test('limit, spss and the time range bound a search', async () => {
  expect(await json(`/api/search?q=${q('{ }')}&spss=1`)).toMatchObject({
    traces: [{ spanSets: [{ matched: 2, spans: [{ name: 'request' }] }] }],
  });
  expect(await json(`/api/search?q=${q('{ }')}&start=${startSeconds + 10}&end=${startSeconds + 20}`)).toMatchObject({ traces: [] });
  expect(await json(`/api/search?q=${q('{ }')}&start=${startSeconds}&end=${startSeconds + 1}`)).toMatchObject({
    traces: [{ traceID: traceId }],
  });
});

test.each([
  ['service.name=sh', 1],
  ['service.name=shop code=200', 0],
  ['route=/a status.code=error', 1],
  ['route="/a" name=reques', 1],
  ['route=/b', 0],
])('a search by the tags %s finds %i, without spans', async (tags, count) => {
  const answer = (await json(`/api/search?tags=${q(tags)}&minDuration=50ms&maxDuration=1s`)) as { traces: object[] };
  expect(answer.traces).toHaveLength(count);
  expect(answer.traces.every((trace) => !('spanSets' in trace))).toBe(true);
});

test('a duration out of bounds is none of a search by tags', async () => {
  expect(await json('/api/search?tags=route%3D%2Fa&minDuration=81ms')).toMatchObject({ traces: [] });
});

test.each([
  [`/api/search?q=${q('{ foo = 1 }')}`, 'invalid TraceQL query: parse error at line 1, col 3: syntax error at "foo"'],
  [`/api/search?q=${q('{ }')}&tags=a%3Db`, "invalid request: can't specify tags and q in the same query"],
  ['/api/search?start=5&end=2', 'http parameter start must be before end. received start=5 end=2'],
  ['/api/search?start=a', 'invalid start: strconv.ParseUint: parsing "a": invalid syntax'],
  ['/api/search?limit=0', 'invalid limit: must be a positive number'],
  ['/api/search?spss=1000', 'spans per span set exceeds 100. received 1000'],
  ['/api/search?minDuration=x', 'invalid minDuration: time: invalid duration "x"'],
  ['/api/search?minDuration=2s&maxDuration=1s', 'invalid maxDuration: must be greater than minDuration'],
  ['/api/search?tags=a%3Db+a%3Dc', 'invalid tags: tag a has been set twice'],
  ['/api/traces/xyz', "trace IDs can only contain hex characters: invalid character 'x' at position 1"],
  [`/api/traces/${'a'.repeat(33)}`, "trace IDs can't be larger than 128 bits"],
  ['/api/v2/traces/12?start=5&end=2', 'http parameter start must be before end. received start=5 end=2'],
  ['/api/v2/search/tags?scope=foo', 'invalid scope: foo'],
  ['/api/v2/search/tag/foo/values', 'please provide a valid tagName: failed to parse identifier foo: unknown identifier: foo'],
  [`/api/metrics/query_range?q=${q('{ }')}`, 'not a metrics query'],
  [`/api/metrics/query_range?q=${q('{ } | rate()')}&start=5&end=5`, 'end must be greater than start'],
  [`/api/metrics/query_range?q=${q('{ } | rate()')}&start=1&end=100000&step=1s`, 'step of 1s is too small'],
  [`/api/metrics/query_range?q=${q('{ } | compare({ })')}`, 'compare() is not supported by the embedded stack'],
  [`/api/metrics/query_range?q=${q('{ } | rate()')}&since=2.3h`, `could not parse 'since' parameter: not a valid duration string: "2.3h"`],
  [
    `/api/metrics/query_range?q=${q('{ } | rate()')}&since=${'9'.repeat(400)}h`,
    "could not parse 'since' parameter: not a valid duration string",
  ],
  [`/api/metrics/query_range?q=${q('{ } | rate()')}&start=${'9'.repeat(400)}.0`, "could not parse 'start' parameter"],
  [`/api/metrics/query_range?q=${q('{ } | rate()')}&step=${'9'.repeat(400)}`, 'to a valid duration'],
  [`/api/search?q=${q(String.raw`{ } with (a="\q")`)}`, String.raw`col 11: unknown escape \q`],
  [`/api/search?q=${q(String.raw`{ } with (a="\Uffffffff")`)}`, 'col 11: '],
  [
    `/api/search/tag/${q(String.raw`"\q"`)}/values`,
    String.raw`please provide a valid tagName: failed to parse identifier "\q": unknown escape \q`,
  ],
])('%s is 400 with a reason', async (path, message) => {
  const answer = await get(path);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(message)]);
});

test.each(['since=1d2h', 'step=0.0000000001', 'start=1.5&end=2.5'])('metrics take %s', async (parameters) => {
  expect((await get(`/api/metrics/query_range?q=${q('{ } | rate()')}&${parameters}`)).status).toBe(200);
});

test('a trace comes by its id, with zeros left out too, as JSON and as protobuf', async () => {
  const short = traceId.replace(/^0/, '');
  expect(await json(`/api/v2/traces/${short}`)).toMatchObject({
    trace: { resourceSpans: [{ scopeSpans: [{ scope: { name: 'lib' }, spans: [{ name: 'request' }, { name: 'query' }] }] }] },
    metrics: {},
  });
  expect(await json(`/api/traces/${short}`)).toMatchObject({
    batches: [{ scopeSpans: [{ spans: [{ name: 'request' }, { name: 'query' }] }] }],
  });
  for (const [path, message] of [
    [`/api/traces/${traceId}`, 'Trace'],
    [`/api/v2/traces/${traceId}`, 'TraceByIDResponse'],
  ] as const) {
    const answer = await get(path, { accept: 'application/protobuf' });
    const decoded = messageType(message).toObject(messageType(message).decode(new Uint8Array(await answer.arrayBuffer())), {
      longs: String,
    });
    const trace = message === 'Trace' ? decoded : decoded['trace'];
    expect(answer.headers.get('content-type')).toBe('application/protobuf');
    expect(trace).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'request', startTimeUnixNano: at(0) }, { status: { code: 2, message: 'no' } }] }] }],
    });
  }
});

test('an unknown trace is 404 in v1, and empty in v2', async () => {
  const answer = await get('/api/traces/1234');
  expect([answer.status, await answer.text()]).toEqual([404, '']);
  expect(await json('/api/v2/traces/1234')).toEqual({ trace: {}, metrics: {} });
});

test('names and values of tags, of spans that a half-written query selects', async () => {
  expect(await json('/api/search/tags')).toEqual({ tagNames: ['code', 'reason', 'route', 'service.name', 'why'], metrics: {} });
  expect(await json('/api/v2/search/tags?scope=span')).toEqual({ scopes: [{ name: 'span', tags: ['code', 'route'] }], metrics: {} });
  expect(await json(`/api/v2/search/tags?scope=span&q=${q('{ status = error && span.code = }')}`)).toEqual({
    scopes: [{ name: 'span', tags: ['code'] }],
    metrics: {},
  });
  expect(await json('/api/v2/search/tags?scope=intrinsic')).toMatchObject({ scopes: [{ name: 'intrinsic' }] });
  const values = [
    { type: 'int', value: '200' },
    { type: 'int', value: '500' },
  ];
  expect(await json('/api/v2/search/tag/span.code/values')).toEqual({ tagValues: values, metrics: {} });
  expect(await json('/api/v2/search/tag/.code/values?limit=1')).toEqual({ tagValues: values.slice(0, 1), metrics: {} });
  expect(await json(`/api/v2/search/tag/span.code/values?q=${q('{ status = error }')}`)).toEqual({
    tagValues: values.slice(1),
    metrics: {},
  });
  expect(await json('/api/v2/search/tag/status/values')).toMatchObject({ tagValues: [{ type: 'keyword', value: 'error' }, {}, {}] });
  expect(await json('/api/search/tag/service.name/values')).toEqual({ tagValues: ['shop'], metrics: {} });
});

test('metrics over a range and at once', async () => {
  const window = `start=${startSeconds - 1}&end=${startSeconds + 2}&step=1s`;
  const labels = [{ key: 'name', value: { stringValue: 'query' } }];
  const zeros = [-2, -1, 0, 2].map((second) => ({ timestampMs: String((startSeconds + second + 1) * 1_000 - 1_000) }));
  const range = (await json(`/api/metrics/query_range?q=${q('{ status = error } | rate() by (name)')}&${window}`)) as {
    series: { labels: unknown; samples: object[]; exemplars: object[] }[];
  };
  expect(range.series[0]?.labels).toEqual(labels);
  expect(range.series[0]?.samples.filter((sample) => 'value' in sample)).toEqual([
    { timestampMs: String((startSeconds + 1) * 1_000), value: 1 },
  ]);
  expect(range.series[0]?.samples.filter((sample) => !('value' in sample))).toEqual(expect.arrayContaining(zeros.slice(1, 3)));
  expect(range.series[0]?.exemplars).toMatchObject([{ labels: [{ key: 'trace:id', value: { stringValue: traceId } }, {}, {}, {}, {}] }]);
  expect(
    await json(`/api/metrics/query?query=${q('{ } | max_over_time(duration)')}&start=${startSeconds - 1}&end=${startSeconds + 2}`),
  ).toMatchObject({
    series: [{ labels: [{ key: '__name__', value: { stringValue: 'max_over_time' } }], value: 0.08 }],
  });
});

test('more series than memory is for are refused', async () => {
  const own = await startTestStack();
  await using _own = own;
  const spans = Array.from({ length: 120 }, (_, index) => ({
    traceId,
    spanId: String(index + 1).padStart(16, '0'),
    name: `n${index}`,
    startTimeUnixNano: at(0),
    endTimeUnixNano: at(1),
  }));
  await fetch(`${own.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  const answer = await fetch(
    `${own.url}/api/metrics/query_range?q=${q('{ } | rate() by (name)')}&start=${startSeconds - 9_000}&end=${startSeconds + 1}&step=1s`,
  );
  expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('group by fewer labels or take a longer step')]);
});

test('what Grafana asks to see whether this is a Tempo', async () => {
  expect(await (await get('/api/echo')).text()).toBe('echo\n');
  expect(await (await get('/ready')).text()).toBe('ready\n');
  expect(await json('/api/status/buildinfo')).toMatchObject({ version: '3.0.0' });
  expect((await get('/api/overrides')).status).toBe(404);
});
