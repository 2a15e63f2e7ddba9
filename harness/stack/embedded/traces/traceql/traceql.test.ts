import { expect, test } from 'vitest';
import { readTraces } from '../../otlp/read-traces.ts';
import type { Span } from '../../otlp/read-traces.ts';
import { compilePipeline } from './evaluate.ts';
import { parseTraceql } from './parse.ts';
import { indexTrace } from './trace-index.ts';

const traceId = 'a'.repeat(32);
const attribute = (key: string, value: object) => ({ key, value });

/** request (server) > send (producer) > { process (consumer, linked, failed) > insert (client), other (consumer) } */
const spans = readTraces({
  resourceSpans: [
    {
      resource: { attributes: [attribute('service.name', { stringValue: 'shop' })] },
      scopeSpans: [
        {
          scope: { name: 'lib', version: '2' },
          spans: [
            {
              spanId: '01',
              name: 'request',
              kind: 2,
              end: 100,
              attributes: [attribute('http.status', { intValue: '200' }), attribute('ok', { boolValue: true })],
            },
            {
              spanId: '02',
              parentSpanId: '01',
              name: 'send',
              kind: 4,
              end: 50,
              attributes: [attribute('tags', { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } })],
            },
            {
              spanId: '03',
              parentSpanId: '02',
              name: 'process',
              kind: 5,
              end: 20,
              status: { code: 2, message: 'no' },
              links: [{ traceId, spanId: '0000000000000002', attributes: [attribute('messaging.message.id', { stringValue: '7' })] }],
              events: [{ name: 'exception', timeUnixNano: '3000000' }],
            },
            { spanId: '04', parentSpanId: '03', name: 'insert', kind: 3, end: 10 },
            {
              spanId: '05',
              parentSpanId: '02',
              name: 'other',
              kind: 5,
              end: 5,
              attributes: [attribute('http.status', { doubleValue: 0.5 })],
            },
          ].map(({ end, spanId, parentSpanId, ...rest }) => ({
            ...rest,
            traceId,
            spanId: spanId.padStart(16, '0'),
            ...(parentSpanId === undefined ? {} : { parentSpanId: parentSpanId.padStart(16, '0') }),
            startTimeUnixNano: '0',
            endTimeUnixNano: String(end * 1_000_000),
          })),
        },
      ],
    },
  ],
});
const trace = indexTrace({ traceId, spans });
const setsOf = (query: string) => compilePipeline(parseTraceql(query).stages)(trace);
const select = (query: string) =>
  setsOf(query)
    .flatMap(({ nodes }) => nodes.map(({ span }) => span.name))
    .toSorted();
const all = ['insert', 'other', 'process', 'request', 'send'];

test.each<[string, string[]]>([
  ['{}', all],
  ['{ resource.service.name = "shop" && name = "send" }', ['send']],
  ['{ .service.name = "shop" && span.http.status >= 200 }', ['request']],
  ['{ span.http.status < 1.0 }', ['other']],
  ['{ span.http.status != 3 }', ['request']],
  ['{ span.http.status != 3.5 }', ['other']],
  ['{ span.http.status > 3 || span.http.status < 3.5 }', ['other', 'request']],
  ['{ span.http.status >= 200ms }', []],
  ['{ span.http.status = "200" }', []],
  ['{ span.nothing != "x" }', []],
  ['{ span.http.status = nil }', ['insert', 'process', 'send']],
  ['{ nil != span.http.status }', ['other', 'request']],
  ['{ span.nothing = span.also_nothing }', []],
  ['{ span.ok }', ['request']],
  ['{ !(kind = consumer) }', ['insert', 'request', 'send']],
  ['{ !(kind = consumer) && name =~ "re.*" }', ['request']],
  ['{ name =~ "equest" }', []],
  ['{ name =~ "(?i)REQ.*" }', ['request']],
  ['{ name !~ "(request|send)" }', ['insert', 'other', 'process']],
  ['{ kind = server || kind = client }', ['insert', 'request']],
  ['{ name = "request" || name = "send" && kind = producer }', ['send']],
  ['{ name = "request" || (name = "send" && kind = producer) }', ['request', 'send']],
  ['{ status = error }', ['process']],
  ['{ status != error && duration >= 50ms }', ['request', 'send']],
  ['{ duration > 10ms && duration < 0.1s }', ['process', 'send']],
  ['{ statusMessage = "no" && span:id = "0000000000000003" }', ['process']],
  ['{ rootName = "request" && rootServiceName = "shop" && traceDuration = 100ms && span:name = "send" }', ['send']],
  [`{ trace:id = "${traceId}" && span:parentID = "0000000000000001" }`, ['send']],
  ['{ event:name = "exception" && event:timeSinceStart < 4ms }', ['process']],
  [`{ link:traceID = "${traceId}" && link:spanID = "0000000000000002" }`, ['process']],
  ['{ link.messaging.message.id = "7" }', ['process']],
  ['{ span.tags = "b" }', ['send']],
  ['{ span.tags != "b" }', ['send']],
  ['{ span.tags !~ "b|c" }', []],
  ['{ span.tags != "c" }', ['send']],
  ['{ instrumentation:name = "lib" && instrumentation:version != "2" }', []],
  ['{ "send" = name }', ['send']],
  ['{ 50ms <= duration }', ['request', 'send']],
  ['{ name = "request" } > { }', ['send']],
  ['{ name = "request" } >> { kind = consumer }', ['other', 'process']],
  ['{ name = "request" } >> { kind = consumer } > { }', ['insert']],
  ['{ name = "insert" } << { kind = producer }', ['send']],
  ['{ name = "insert" } < { }', ['process']],
  ['{ name = "process" } ~ { }', ['other']],
  ['{ name = "send" } && { name = "insert" }', ['insert', 'send']],
  ['{ name = "send" } && { name = "nobody" }', []],
  ['{ name = "send" } || { name = "nobody" }', ['send']],
  ['({ name = "nobody" } || { name = "send" }) >> { name = `insert` }', ['insert']],
  ['{ span.http.status + 1 = 201 }', ['request']],
  ['{ span.http.status * 2 - 100 = 300 && 2 ^ 3 = 9 }', ['request']],
  ['{ -span.http.status = -200 }', ['request']],
  ['{ span.http.status / 0 = 1 }', []],
  ['{ 2 * span.http.status > 1.5 }', ['request']],
  ['{ .nothing = nil }', all],
  ['{ .ok = nil }', all],
  ['{ .ok != nil }', ['request']],
  ['{ event.none = nil }', ['process']],
  ['{ event:name = "exception" && event:name = "other" }', []],
  ['{ span:childCount > 1 }', ['send']],
  ['{ nestedSetParent < 0 }', ['request']],
  ['{ nestedSetLeft = 1 && nestedSetRight = 10 }', ['request']],
  ['{ span.nestedSetLeft = 1 }', []],
  ['{ duration > 0m10ms }', ['process', 'request', 'send']],
  ['{ span.http.status > .4 && span.http.status < 1e0 }', ['other']],
  ['{ span.http.status < maxInt }', ['request']],
  ['{ span."http.status" = 200 }', ['request']],
  ['{ } with (most_recent=true, unknown=3)', all],
  ['{ name = "request" } !>> { }', ['request']],
  ['{ name = "send" } !> { kind = consumer }', []],
  ['{ name = "insert" } !<< { kind = consumer }', ['other']],
  ['{ name = "insert" } !< { kind = consumer }', ['other']],
  ['{ name = "process" } !~ { }', ['insert', 'process', 'request', 'send']],
  ['{ name = "request" } &>> { kind = consumer }', ['other', 'process', 'request']],
  ['{ name = "request" } &> { }', ['request', 'send']],
  ['{ name = "insert" } &<< { kind = producer }', ['insert', 'send']],
  ['{ name = "insert" } &< { }', ['insert', 'process']],
  ['{ name = "process" } &~ { }', ['other', 'process']],
  ['{ kind = consumer } | count() = 2', ['other', 'process']],
  ['{ kind = consumer } | count() > 2', []],
  ['count() >= 5', all],
  ['{ } | max(duration) = 100ms', all],
  ['{ kind = consumer } | avg(duration) = 12500us', ['other', 'process']],
  ['{ kind = consumer } | sum(duration) > 20ms | min(duration) = 5ms', ['other', 'process']],
  ['{ } | min(span.http.status) < (1 + 1) * 100', all],
  ['{ } | sum(span.nothing) = 0', []],
  ['{ } | by(kind) | count() > 1', ['other', 'process']],
  ['{ } | by(kind) | coalesce() | count() = 5', all],
  ['{ } | { kind = client } | select(span.tags, name)', ['insert']],
  ['({ } | count() = 5) && ({ kind = client } | count() = 1)', all],
  ['({ name = "request" } | count() = 1) > ({ } | max(duration) > 1s)', []],
])('%s selects %j', (query, expected) => {
  expect(select(query)).toEqual(expected);
});

test('by() splits a spanset, and aggregates say what they found', () => {
  expect(setsOf('{ } | by(kind) | max(duration) >= 20ms').map(({ nodes, attributes }) => [nodes.length, attributes])).toEqual([
    [
      1,
      [
        ['by(kind)', { type: 'kind', value: 2 }],
        ['max(duration)', { type: 'duration', value: 100e6 }],
      ],
    ],
    [
      1,
      [
        ['by(kind)', { type: 'kind', value: 4 }],
        ['max(duration)', { type: 'duration', value: 50e6 }],
      ],
    ],
    [
      2,
      [
        ['by(kind)', { type: 'kind', value: 5 }],
        ['max(duration)', { type: 'duration', value: 20e6 }],
      ],
    ],
  ]);
});

test('structural operators take one spanset a side', () => {
  expect(() => setsOf('({ } | by(kind)) > ({ })')).toThrow('consider using coalesce()');
});

test.each([
  ['', 0, 'the query is empty'],
  ['{ name = "a', 9, 'syntax error'],
  ['{ foo = 1 }', 2, 'syntax error at "foo"'],
  ['{ parent.span.a = 1 }', 2, 'parent not yet supported'],
  ['{ parent = nil }', 2, 'intrinsic (parent) not yet supported'],
  ['{ name =~ "(" }', 7, 'error parsing regexp'],
  ['{ name =~ span.a }', 7, 'a string stands on the right'],
  ['{ name = 3 }', 7, 'binary operations must operate on the same type: name = 3'],
  ['{ kind > server }', 7, 'illegal operation for the given types: kind > server'],
  ['{ !name }', 2, 'illegal operation for the given type: !name'],
  ['{ 1 }', 2, 'must resolve to a boolean: { 1 }'],
  ['{ name = nil }', 7, 'name=nil is not valid because intrinsics cannot be nil'],
  ['{ nil }', 2, 'nil stands beside = or != only'],
  ['{ name = "a" && }', 16, 'syntax error'],
  ['{ } | max(name) > 1', 6, 'must resolve to a number type: max(name)'],
  ['{ } | max(1) > 1', 6, 'must reference the span: max(1)'],
  ['{ } | count() + 1 > 2', 14, '"+" not yet supported here'],
  ['{ } | 2 < count()', 6, '"2" is not supported here'],
  ['{ } | by(1)', 6, 'must reference the span: by(1)'],
  ['{ } | rate() > 5', 16, 'comparing them with a number are not supported'],
  ['({ } | rate()) / ({ } | rate())', 15, 'arithmetic on metrics'],
  ['{ } | compare({ status = error })', 6, 'compare() is not supported by the embedded stack'],
  ['{ } | rate() | topk(0)', 15, 'limit must be greater than 0'],
  ['{ } | rate() | count() > 1', 15, 'expected topk or bottomk'],
  ['{ } | quantile_over_time(duration, 2)', 35, 'quantile must be between 0 and 1: 2'],
  ['{ } | rate() by (.a, .b, .c, .d, .e, .f)', 6, 'metrics group by 6 values'],
  ['{ } | rate() with (extrapolate=true)', 19, 'hint extrapolate is not supported'],
  ['{ } with (sample)', 10, 'a hint is name = value'],
  [`${'('.repeat(80)}{}${')'.repeat(80)}`, 64, 'nested deeper than 64'],
])('%s is refused at %i', (query, position, message) => {
  const error = (() => {
    try {
      return parseTraceql(query);
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toMatchObject({ name: 'QueryRefused', position, message: expect.stringContaining(message) });
});

test('a position is told by line and column', () => {
  expect(() => parseTraceql('{ name = "a" }\n| compare({})')).toThrow('parse error at line 2, col 3');
});

test('without a root there is no tree, and a circle of parents ends', () => {
  const circle = spans.slice(0, 2).map((span, index) => ({ ...span, parentSpanId: spans[1 - index]?.spanId ?? '' }));
  const found = (query: string, of: readonly Span[]) =>
    compilePipeline(parseTraceql(query).stages)(indexTrace({ traceId, spans: of })).flatMap(({ nodes }) =>
      nodes.map(({ span }) => span.name),
    );
  expect(found('{ } >> { }', circle)).toEqual([]);
  expect(found('{ } >> { }', [...circle, { ...spans[2]!, parentSpanId: '' }])).toEqual([]);
  expect(found('{ nestedSetLeft = 0 }', circle)).toEqual(['request', 'send']);
});
