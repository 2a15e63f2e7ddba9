import { expect, test } from 'vitest';
import { createLogStore } from '../stack/embedded/logs/log-store.ts';
import { readLogs } from '../stack/embedded/otlp/read-logs.ts';
import { allowedReason } from './allowed-differences.ts';
import type { Answer } from './ask-question.ts';
import { lokiInstant, prometheusInstant, tempoSearch, type Question } from './question.ts';
import { createTiedSamples } from './tied-lines.ts';

const answer = (result: unknown): Answer => ({ status: 200, body: { data: { resultType: 'vector', result } }, milliseconds: 1 });
const none = async () => new Set<string>();

test('the date of NaN may be any, in a generated query alone, and no other date may differ', async () => {
  const reason = (askedFor: Question['askedFor'], difference: string) => {
    const question = prometheusInstant({ askedFor, place: 'here', query: 'hour(vector(NaN))' }, 0);
    return allowedReason({ question, difference, answers: [answer([]), answer([])], tiedSamples: none });
  };
  expect(await reason('generated', '[] at 0: NaN against 15')).toContain('date of NaN');
  expect(await reason('verdict', '[] at 0: NaN against 15')).toBeNull();
  expect(await reason('rule', '[] at 0: NaN against 15')).toBeNull();
  expect(await reason('generated', '[] at 0: 14 against 15')).toBeNull();
});

const zeroSeconds = 1_700_000_000;

const searched = (spanIds: readonly string[], traceID = 'ab', rootTraceName = 'POST /events'): Answer => ({
  status: 200,
  body: {
    traces: [
      {
        traceID,
        rootTraceName,
        startTimeUnixNano: '1',
        durationMs: 2,
        spanSets: [{ matched: spanIds.length, spans: spanIds.map((spanID) => ({ spanID, startTimeUnixNano: '1', durationNanos: '1' })) }],
      },
    ],
  },
  milliseconds: 1,
});

const tempoReason = (query: string, own: Answer, real: Answer, askedFor: Question['askedFor'] = 'generated') =>
  allowedReason({
    question: tempoSearch({ askedFor, place: 'here', query }, { fromMs: 0, toMs: 1_000, stepSeconds: 1 }, 100),
    difference: 'they differ',
    answers: [own, real],
    tiedSamples: none,
  });

test('Tempo may miss a few spans of a search for what is not there', async () => {
  expect(await tempoReason('{ .a = nil || name = "x" }', searched(['1', '2', '3']), searched(['2', '3']))).toContain('7345');
  expect(await tempoReason('{ .a = nil }', searched(['1']), { status: 200, body: { traces: [] }, milliseconds: 1 })).toContain('7345');
});

test.each<[string, string, Answer, Answer, Question['askedFor']?]>([
  ['of a search for what is there', '{ .a != nil }', searched(['1', '2']), searched(['2'])],
  ['of any other search', '{ .a = 1 }', searched(['1', '2']), searched(['2'])],
  ['more than a few', '{ .a = nil }', searched(['1', '2', '3', '4', '5', '6']), searched(['6'])],
  ['and find others instead', '{ .a = nil }', searched(['1', '2']), searched(['2', '3'])],
  ['and say something else of the trace', '{ .a = nil }', searched(['1', '2']), searched(['2'], 'ab', 'GET /status')],
  ['where a dashboard asks', '{ .a = nil }', searched(['1', '2']), searched(['2']), 'dashboard'],
])('but not %s', async (_what, query, own, real, askedFor) => {
  expect(await tempoReason(query, own, real, askedFor)).toBeNull();
});

const recordAt = (second: number, service: string, amount: number) => ({
  resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
  scopeLogs: [
    {
      logRecords: [
        {
          timeUnixNano: `${zeroSeconds + second}000000000`,
          body: { stringValue: 'a line' },
          attributes: [{ key: 'amount', value: { intValue: amount } }],
        },
      ],
    },
  ],
});
/** Two services log at one nanosecond, one of them again later. */
const logs = createLogStore({ maxBytes: 1e6, maxEntries: 100, maxLineBytes: 1_000, maxAgeMs: 1e9 });
logs.add(readLogs({ resourceLogs: [recordAt(1, 'one', 3), recordAt(1, 'two', 4), recordAt(2, 'two', 9)] }), zeroSeconds * 1_000);
const tiedSamples = createTiedSamples(logs, { now: () => (zeroSeconds + 10) * 1_000, sleep: async () => undefined } as never);

const unwrapped = (operation: string, by: string): string => `${operation}({service_name=~".+"} | unwrap amount [10s]) by (${by})`;
const valued = (metric: object, value: number) => ({ metric, value: [zeroSeconds + 5, String(value)] });

const lokiReason = (query: string, one: readonly unknown[], other: readonly unknown[], askedFor: Question['askedFor'] = 'generated') =>
  allowedReason({
    question: lokiInstant({ askedFor, place: 'here', query }, (zeroSeconds + 5) * 1_000, 100),
    difference: 'they differ',
    answers: [answer(one), answer(other)],
    tiedSamples,
  });

test('the first of two lines at one nanosecond may be either', async () => {
  expect(await lokiReason(unwrapped('first_over_time', ''), [valued({}, 3)], [valued({}, 4)])).toContain('one nanosecond');
});

test.each<[string, string, readonly unknown[], readonly unknown[]]>([
  ['the last line, which stands alone', unwrapped('last_over_time', ''), [valued({}, 9)], [valued({}, 4)]],
  [
    'the first line of each service, which stands alone',
    unwrapped('first_over_time', 'service_name'),
    [valued({ service_name: 'one' }, 3)],
    [valued({ service_name: 'one' }, 4)],
  ],
  ['the largest, whatever the order', unwrapped('max_over_time', ''), [valued({}, 9)], [valued({}, 4)]],
  ['another series beside it', unwrapped('first_over_time', ''), [valued({}, 3)], [valued({}, 4), valued({ a: 'b' }, 1)]],
])('but not %s', async (_what, query, one, other) => {
  expect(await lokiReason(query, one, other)).toBeNull();
});

test('nor where a verdict, a rule or a dashboard asks for it', async () => {
  for (const askedFor of ['verdict', 'rule', 'dashboard', 'metadata'] as const)
    expect(await lokiReason(unwrapped('first_over_time', ''), [valued({}, 3)], [valued({}, 4)], askedFor)).toBeNull();
});
