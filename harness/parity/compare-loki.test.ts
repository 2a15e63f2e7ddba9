import { expect, test } from 'vitest';
import type { Answer } from './ask-question.ts';
import { lokiAnswersDiffer } from './compare-loki.ts';
import { lokiRange } from './question.ts';

const question = (limit: number, query = '{a="b"}') =>
  lokiRange({ askedFor: 'generated', place: 'here', query }, { fromMs: 0, toMs: 9, stepSeconds: 1 }, limit);

const streams = (...values: (readonly [string, string])[]): Answer => ({
  status: 200,
  milliseconds: 1,
  body: { status: 'success', data: { resultType: 'streams', result: [{ stream: { a: 'b' }, values }], stats: { took: values.length } } },
});

test('lines of one nanosecond may come in any order', () => {
  expect(lokiAnswersDiffer(question(9), streams(['5', 'x'], ['5', 'y']), streams(['5', 'y'], ['5', 'x']))).toBeNull();
});

test('a line that only one has is a difference, and so is another text', () => {
  expect(lokiAnswersDiffer(question(9), streams(['5', 'x'], ['4', 'y']), streams(['5', 'x']))).toContain('against');
  expect(lokiAnswersDiffer(question(9), streams(['5', 'x']), streams(['5', 'z']))).toContain('against');
});

test('where a limit cuts, the lines of that moment are any; those before it are not', () => {
  expect(lokiAnswersDiffer(question(2), streams(['5', 'x'], ['4', 'y']), streams(['5', 'x'], ['4', 'z']))).toBeNull();
  expect(lokiAnswersDiffer(question(2), streams(['5', 'x'], ['4', 'y']), streams(['5', 'w'], ['4', 'y']))).toContain('against');
});

test('the same line twice counts as often as it comes, unless the query took away what told them apart', () => {
  const [twice, once] = [streams(['5', 'x'], ['5', 'x']), streams(['5', 'x'])];
  expect(lokiAnswersDiffer(question(9), twice, once)).toContain('against');
  expect(lokiAnswersDiffer(question(9, '{a="b"} | keep a'), twice, once)).toBeNull();
  expect(lokiAnswersDiffer(question(9, '{a="b"} | keep a'), twice, streams(['5', 'y']))).toContain('against');
});
