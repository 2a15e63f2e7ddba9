import { expect, test } from 'vitest';
import { readTraces } from '../../otlp/read-traces.ts';
import { selectSpans } from './evaluate.ts';
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
const select = (query: string) => [...selectSpans(parseTraceql(query), trace)].map(({ name }) => name).toSorted();
const all = ['insert', 'other', 'process', 'request', 'send'];

test.each<[string, string[]]>([
  ['{}', all],
  ['{ resource.service.name = "shop" && name = "send" }', ['send']],
  ['{ .service.name = "shop" && span.http.status >= 200 }', ['request']],
  ['{ span.http.status < 1.0 }', ['other']],
  ['{ span.http.status != 3 }', ['other', 'request']],
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
  ['{ span.tags != "b" }', []],
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
])('%s selects %j', (query, expected) => {
  expect(select(query)).toEqual(expected);
});

test.each([
  ['', 0, 'the query is empty'],
  ['{ name = "a', 9, 'syntax error'],
  ['{ foo = 1 }', 2, 'syntax error at "foo"'],
  ['{ name = "a" } | count() > 2', 15, 'Pipe "|" is not supported'],
  ['{ name = "a" } &>> {}', 15, 'UnionStructuralOp "&>>" is not supported'],
  ['{ name = "a" } !>> {}', 15, 'ExperimentalOp "!>>" is not supported'],
  ['{ span.a + 2 > 3 }', 9, 'operator + is not supported'],
  ['{ parent.span.a = 1 }', 2, 'scope parent is not supported'],
  ['{ name =~ "(" }', 7, 'Invalid regular expression'],
  ['{ name =~ 3 }', 7, '=~ needs a string'],
  ['{ name = "a" && }', 16, 'syntax error'],
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
  expect(() => parseTraceql('{ name = "a" }\n| rate()')).toThrow('parse error at line 2, col 1');
});

test('a circle of parents ends', () => {
  const circle = spans.slice(0, 2).map((span, index) => ({ ...span, parentSpanId: spans[1 - index]?.spanId ?? '' }));
  const query = parseTraceql('{ name = "request" } >> { name = "send" }');
  expect([...selectSpans(query, indexTrace({ traceId, spans: circle }))].map(({ name }) => name)).toEqual(['send']);
});
