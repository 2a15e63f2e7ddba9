import { expect, test } from 'vitest';
import { severalValued, traceWords, type FoundTrace, type ResourceSpans } from './trace-words.ts';
import { traceqlQueries } from './traceql-queries.ts';

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const span = (spanId: string, name: string, more: object = {}) => ({
  spanId,
  name,
  startTimeUnixNano: '1000000000',
  endTimeUnixNano: '1005000000',
  attributes: [text('route', '/a'), { key: 'code', value: { intValue: '200' } }],
  ...more,
});

const block = (service: string, spans: ReturnType<typeof span>[]): ResourceSpans => ({
  resource: { attributes: [text('service.name', service)] },
  scopeSpans: [{ scope: { name: 'lib', version: '1' }, spans }],
});

const traces: readonly FoundTrace[] = [
  { traceId: 'aa', blocks: [block('shop', [span('1', 'GET'), span('2', 'publish', { links: [{ attributes: [text('route', '/x')] }] })])] },
  {
    traceId: 'bb',
    blocks: [block('mail', [span('3', 'GET', { status: { message: 'refused' }, events: [{ name: 'retry', attributes: [] }] })])],
  },
];

test('the words are what the traces hold, in whichever order they come', () => {
  const words = traceWords(traces);
  expect(words).toMatchObject({ spanNames: ['GET', 'publish'], services: ['mail', 'shop'], eventNames: ['retry'], durations: [5_000_000] });
  expect(words.attributes).toContainEqual({ scope: 'span', name: 'code', values: [200] });
  expect(words.attributes).toContainEqual({ scope: 'link', name: 'route', values: ['/x'] });
  expect(traceWords(traces.toReversed())).toEqual(words);
});

test('attributes that a link or a second scope has may be shown with either value; those of spans alone may not', () => {
  const several = severalValued(traceWords(traces));
  expect([several.has('route'), several.has('code')]).toEqual([true, false]);
});

test('queries can be made of them, also where nothing has events, messages or switches', () => {
  const bare = traceWords([{ traceId: 'aa', blocks: [block('shop', [span('1', 'GET')])] }]);
  expect(traceqlQueries(bare, 1, 300)).toHaveLength(300);
});
