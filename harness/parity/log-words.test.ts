import { expect, test } from 'vitest';
import { logWords, type LogStream } from './log-words.ts';
import { logqlQueries } from './logql-queries.ts';

const stream = (labels: Readonly<Record<string, string>>, ...lines: readonly string[]): LogStream => ({
  stream: { service_name: 'worker', severity_text: 'INFO', ...labels },
  values: lines.map((line, index) => [String(index), line]),
});

const streams = [
  stream({ lane: '3', processor: 'events' }, 'lane acquired', 'event was parked'),
  stream({ service_name: 'ingest', severity_text: 'WARN' }, 'event refused'),
];
const words = logWords(streams, ['service_name']);

test('labels of streams become selectors, metadata the labels to filter by, and what is all digits a number', () => {
  expect(words.selectors).toContain('{service_name="ingest"}');
  expect(words.labels).toMatchObject({ severity_text: ['INFO', 'WARN', 'none'], lane: ['3', 'none'] });
  expect(words.labels).not.toHaveProperty('service_name');
  expect(words.numbers).toEqual(['lane']);
  expect(words.words).toEqual(expect.arrayContaining(['acquired', 'parked', 'refused']));
  expect(words.patterns).toContain('<before> was <behind>');
});

test('parsers are asked about lines made of the metadata that most lines have', () => {
  expect(words.formats.map(({ parser }) => parser)).toEqual(expect.arrayContaining(['json', 'logfmt']));
  expect(words.formats[0]?.selector).toContain('"what":"{{.severity_text}}"');
});

test('the same lines give the same queries, in whichever order they come', () => {
  const asked = (vocabulary: typeof words) => logqlQueries({ seed: 1, count: 200, vocabulary });
  expect(asked(logWords(streams.toReversed(), ['service_name']))).toEqual(asked(words));
});
