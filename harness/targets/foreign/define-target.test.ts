import { expect, test } from 'vitest';
import { defineTarget, targetProblems } from './define-target.ts';
import type { TargetFile } from './target-file.ts';

const good: TargetFile = {
  name: 'plain',
  postgres: true,
  offers: ['read-back', 'database'],
  lacks: { metrics: 'it exports none' },
  start: () => Promise.reject(new Error('never started')),
};

const stored = { promql: 'max(stored_total{$run})', over: 'end', unit: 'events', means: 'Events stored.' } as const;

test('a good target file is given back as it is', () => {
  expect(defineTarget(good)).toBe(good);
});

test.each<[string, object]>([
  ['name', { name: 'Not Good' }],
  ['start', { start: 'node tracker.js' }],
  ['send.request', { send: { request: '/orders' } }],
  ['offers', { offers: 'read-back' }],
  ['offers[0]', { offers: ['books'] }],
  ['measures', { offers: ['metrics'] }],
  ['measures', { measures: { stored } }],
  ['measures.stored.promql', { offers: ['metrics'], measures: { stored: { ...stored, promql: 'stored_total' } } }],
  ['measures.stored.unit', { offers: ['metrics'], measures: { stored: { ...stored, unit: '' } } }],
  ['offers', { postgres: false }],
  ['lacks.colour', { lacks: { colour: 'red' } }],
  ['lacks.metrics', { lacks: { metrics: '' } }],
  ['processes.worker', { processes: { worker: 1.5 } }],
])('a mistake at %s is said with its place', (place, spoilt) => {
  expect(targetProblems({ ...good, ...spoilt } as TargetFile).map((problem) => problem.place)).toEqual([place]);
});

test('all mistakes are said at once, and something that is no target at all is refused in words', () => {
  expect(() => defineTarget({ ...good, name: 'NO', start: 5 } as never)).toThrow(/2 mistakes[^]*name:[^]*start:/);
  for (const nothing of [null, {}, 5]) expect(() => defineTarget(nothing as never)).toThrow(/mistakes/);
});
