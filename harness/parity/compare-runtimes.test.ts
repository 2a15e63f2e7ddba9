import { expect, test } from 'vitest';
import type { Clock } from '../engine/clock.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import type { Answer } from './ask-question.ts';
import { compareRuntimes } from './compare-runtimes.ts';
import { prometheusInstant } from './question.ts';

const stack = (runtime: RunningStack['runtime']): RunningStack => ({ runtime }) as RunningStack;
const clock: Clock = { now: () => 0, sleep: async () => undefined };
const question = prometheusInstant({ askedFor: 'generated', place: 'here', query: 'up' }, 0);

/** Each runtime says these one after the other, and the last one for ever. */
const compared = async (said: Readonly<Record<string, readonly string[]>>) => {
  const left = new Map(Object.entries(said).map(([runtime, texts]) => [runtime, [...texts]]));
  let asked = 0;
  const ask = async ({ runtime }: RunningStack): Promise<Answer> => {
    asked += 1;
    const texts = left.get(runtime) ?? [];
    return { status: 200, body: texts.length > 1 ? texts.shift() : texts[0], milliseconds: 1 };
  };
  const comparison = await compareRuntimes({
    runtimes: [stack('embedded'), stack('native')],
    questions: [question],
    ask,
    differenceOf: (_question, one, other) => (one.body === other.body ? null : `${String(one.body)} against ${String(other.body)}`),
    tiedSamples: async () => new Set(),
    onAsked: () => undefined,
    clock,
    signal: new AbortController().signal,
  });
  return { ...comparison, asked };
};

test('what is the same at once is asked once', async () => {
  expect(await compared({ embedded: ['a'], native: ['a'] })).toMatchObject({ differences: [], asked: 2 });
});

test('a difference that stays is one, with both answers', async () => {
  const { differences, tallies } = await compared({ embedded: ['a'], native: ['b'] });
  expect(differences).toMatchObject([
    { difference: 'a against b', allowed: null, answers: { embedded: { body: 'a' }, native: { body: 'b' } } },
  ]);
  expect(tallies.generated).toMatchObject({ different: 1, contradicted: 0 });
});

test('a runtime that contradicts itself is compared by what it stays with, and that is told', async () => {
  const { differences, tallies } = await compared({ embedded: ['a'], native: ['less', 'a'] });
  expect(differences).toEqual([]);
  expect(tallies.generated).toMatchObject({ different: 0, contradicted: 1 });
});

test('one that stays with another answer differs, however it wavered before', async () => {
  expect((await compared({ embedded: ['a'], native: ['less', 'b'] })).differences).toMatchObject([{ difference: 'a against b' }]);
});

test('one that never says the same twice differs', async () => {
  const wavering = Array.from({ length: 20 }, (_none, index) => `b${index}`);
  const { differences, asked } = await compared({ embedded: ['a'], native: wavering });
  expect(differences).toHaveLength(1);
  expect(asked).toBeLessThan(12);
});
