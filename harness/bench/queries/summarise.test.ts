import { expect, test } from 'vitest';
import type { Asked } from './ask-in-turns.ts';
import { quantile, summarise } from './summarise.ts';

const asked = (place: string, embeddedMs: readonly number[], peerMs: readonly number[]): Asked => ({
  question: { askedFor: 'dashboard', place, kind: 'prometheus-instant', query: `query of ${place}`, path: '/api/v1/query', parameters: {} },
  embeddedMs,
  peerMs,
});

test('the ratio of a question is the median of its rounds, pair by pair: a round in which the machine was slow slows both', () => {
  const { ratio, worst } = summarise([asked('one', [2, 40, 3], [1, 20, 1])]);
  expect(ratio).toEqual({ median: 2, low: 2, high: 2 });
  expect(worst).toMatchObject({ place: 'one', embeddedMs: 3, peerMs: 1, ratio: 2 });
});

test('the worst by ratio and the slowest are named, each for itself', () => {
  const summary = summarise([asked('small', [3], [1]), asked('big', [100], [200]), asked('even', [5], [5])]);
  expect(summary.worst.place).toBe('small');
  expect(summary.slowest.place).toBe('big');
  expect(summary).toMatchObject({ questions: 3, embeddedMs: 108, peerMs: 206, ratio: { median: 1, low: 0.5, high: 3 } });
});

test('without a peer there is no ratio, and the slowest stands for the worst', () => {
  const summary = summarise([asked('fast', [1, 2, 3], []), asked('slow', [9, 9, 9], [])]);
  expect(summary.ratio.median).toBeNaN();
  expect(summary.worst.place).toBe('slow');
});

test('nothing asked is nothing measured', () => {
  expect(() => summarise([])).toThrow('no question');
});

test('a quantile is one of the values', () => {
  expect([quantile([3, 1, 2], 0.1), quantile([3, 1, 2], 0.9), quantile([3, 1, 2], 1)]).toEqual([1, 3, 3]);
  expect(quantile([], 0.5)).toBeNaN();
});
