import { expect, test } from 'vitest';
import type { Answer } from './ask-question.ts';
import { createComparer } from './compare-answers.ts';
import { prometheusNames, tempoNames, tempoTrace } from './question.ts';

const differ = createComparer(new Set());
const stretch = { fromMs: 0, toMs: 9_000, stepSeconds: 1 };
const answer = (body: unknown, status = 200): Answer => ({ status, body, milliseconds: 1 });

const labels = prometheusNames('/api/v1/labels', stretch, {});

test('names may come in any order, and one more is a difference', () => {
  expect(differ(labels, answer({ data: ['a', 'b'] }), answer({ data: ['b', 'a'] }))).toBeNull();
  expect(differ(labels, answer({ data: ['a', 'b'] }), answer({ data: ['a'] }))).toContain('"\\"b\\"" against nothing');
});

test('values of a tag count with their type', () => {
  const question = tempoNames('/api/v2/search/tag/span.code/values', stretch, {});
  const values = (type: string) => answer({ tagValues: [{ type, value: '200' }], metrics: { inspectedBytes: type } });
  expect(differ(question, values('int'), values('int'))).toBeNull();
  expect(differ(question, values('int'), values('string'))).toContain('"int" against "string"');
});

test('a trace counts with every attribute, but not with flags, which Tempo forgets', () => {
  const question = tempoTrace({ askedFor: 'verdict', place: 'marked trace' }, 'ab');
  const trace = (route: string, flags?: number) => {
    const span = {
      spanId: 'c',
      name: 'GET',
      attributes: [{ key: 'route', value: { stringValue: route } }],
      ...(flags === undefined ? {} : { flags }),
    };
    return answer({ trace: { resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: [span] }] }] } });
  };
  expect(differ(question, trace('/a', 257), trace('/a'))).toBeNull();
  expect(differ(question, trace('/a'), trace('/b'))).toContain('against');
});

test('two refusals agree, one does not, and no answer at all is never agreement', () => {
  expect(differ(labels, answer('no', 400), answer('nein', 400))).toBeNull();
  expect(differ(labels, answer('no', 400), answer({ data: [] }))).toContain('400');
  expect(differ(labels, answer('gone', 0), answer('gone', 0))).toContain('no answer');
});
