import { expect, test } from 'vitest';
import type { CompileOptions } from './compile.ts';
import { vary, withFaults } from './compose.ts';
import { scenario } from './language.ts';
import type { ScenarioSource } from './source.ts';
import { compileWithProblems } from './source-problems.ts';

const options: CompileOptions = {
  usualProcesses: { ingest: 1, worker: 2, query: 1 },
  measures: { lag: { means: 'Backlog.', promql: 'max(lag{$run})', over: 'every-step', unit: 'events' } },
};
const good = scenario({
  name: 'good',
  title: 'Good',
  why: 'To be spoilt.',
  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 10 } },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 1, ratePerSecond: 100 },
    steady: { kind: 'steady', seconds: 5, ratePerSecond: 100, budgets: { lag: { atMost: 5, why: 'Because.' } } },
  },
  faults: { nap: { kind: 'pause', role: 'worker', index: 1, at: { phase: 'steady', afterSeconds: 1 }, seconds: 1 } },
  expect: { 'no-dead-letters': true, 'takeover-within': { seconds: 5 } },
  seen: { takeovers: 3 },
  budgets: { quiet: { measure: 'lag', atMost: 9, why: 'All the time.' } },
  alerts: { SomebodySleeps: { after: 'nap', withinSeconds: 10, resolvesWithinSeconds: 'never' } },
  mayFire: { Slow: 'It depends.' },
  drainWithinSeconds: 10,
});

const problemsOf = (spoilt: object, of: object = good) => compileWithProblems({ ...of, ...spoilt } as ScenarioSource, options).problems;

test('what is written under names becomes the form that runs', () => {
  const { scenario: compiled, problems } = compileWithProblems(good, options);
  expect(problems).toEqual([]);
  expect(compiled).toEqual({
    name: 'good',
    title: 'Good',
    why: 'To be spoilt.',
    target: { processes: { ingest: 1, worker: 2, query: 1 } },
    traffic: good.traffic,
    phases: [
      { name: 'warm-up', kind: 'warm-up', seconds: 1, ratePerSecond: 100 },
      { name: 'steady', kind: 'steady', seconds: 5, ratePerSecond: 100 },
    ],
    faults: [{ name: 'nap', kind: 'pause', role: 'worker', index: 1, at: { phase: 'steady', afterSeconds: 1 }, seconds: 1 }],
    expectations: [{ check: 'no-dead-letters' }, { check: 'takeover-within', parameters: { seconds: 5 } }],
    mustBeSeen: [{ check: 'takeovers-seen', parameters: { atLeast: 3 } }],
    budgets: [
      { name: 'lag', why: 'Because.', promql: 'max(lag{$run})', over: 'every-step', unit: 'events', phase: 'steady', atMost: 5 },
      { name: 'quiet', why: 'All the time.', promql: 'max(lag{$run})', over: 'every-step', unit: 'events', phase: 'all', atMost: 9 },
    ],
    detection: {
      fires: [{ alert: 'SomebodySleeps', cause: 'nap', withinSeconds: 10, resolvesWithinSeconds: 'never' }],
      tolerated: [{ alert: 'Slow', why: 'It depends.' }],
    },
    drainWithinSeconds: 10,
  });
});

test.each<[string, object]>([
  ['colour', { colour: 'red' }],
  ['set', { set: 'sometimes' }],
  ['needs.processes.worker', { needs: { processes: { worker: 99 } } }],
  ['needs.settings.X', { needs: { settings: { X: 5 } } }],
  ['phases.steady.seconds', { phases: { ...good.phases, steady: { ...good.phases['steady'], seconds: -1 } }, faults: {}, alerts: 'none' }],
  [
    'phases.steady.budgets.lag',
    { phases: { ...good.phases, steady: { ...good.phases['steady'], budgets: { lag: { why: 'No bound.' } } } } },
  ],
  [
    'phases.steady.budgets.leg',
    { phases: { ...good.phases, steady: { ...good.phases['steady'], budgets: { leg: { atMost: 1, why: 'x' } } } } },
  ],
  ['budgets.quiet.measure', { budgets: { quiet: { measure: 'leg', atMost: 1, why: 'x' } } }],
  ['budgets.own', { budgets: { own: { promql: 'x{$run}', atMost: 1, why: 'No unit.' } } }],
  ['faults.nap.at.phase', { faults: { nap: { ...good.faults!['nap'], at: { phase: 'later', afterSeconds: 0 } } } }],
  ['faults.nap.seconds', { faults: { nap: { ...good.faults!['nap'], seconds: 0 } } }],
  ['alerts.SomebodySleeps.after', { alerts: { SomebodySleeps: { after: 'nip', withinSeconds: 1, resolvesWithinSeconds: 1 } } }],
  ['alerts.SomebodySleeps.after', { alerts: { SomebodySleeps: { after: [], withinSeconds: 1, resolvesWithinSeconds: 1 } } }],
  ['alerts', { alerts: [] }],
  ['faults', { faults: [], alerts: 'none' }],
  ['mayFire.Slow', { mayFire: { Slow: '' } }],
  ['drainWithinSeconds', { drainWithinSeconds: 0 }],
])('a mistake at %s is said with its place in the text of the author', (place, spoilt) => {
  expect(problemsOf(spoilt).map((problem) => problem.place)).toEqual([place]);
});

test('mistakes of every part are said at once', () => {
  const places = problemsOf({ name: 'NO', colour: 1, budgets: { leg: { atMost: 1, why: 'x' } }, drainWithinSeconds: -1 }).map(
    ({ place }) => place,
  );
  expect(places).toEqual(['colour', 'budgets.leg', 'name', 'drainWithinSeconds']);
});

test('something that is no scenario at all is refused in words, not with a crash', () => {
  for (const nothing of [null, {}, { name: 'x', phases: 5 }, []])
    expect(compileWithProblems(nothing as never, options).problems.length).toBeGreaterThan(0);
});

test('any faults go over any traffic, and keep what was said of it', () => {
  const { faults: _faults, seen: _seen, alerts: _alerts, mayFire: _mayFire, ...base } = good;
  const told = { name: 'harmed', title: 'Harmed', why: 'Other.', alerts: 'none', drainWithinSeconds: 20 } as const;
  const at = { phase: 'warm-up', afterSeconds: 0 } as const;
  const harmed = withFaults(base, {
    ...told,
    faults: { blow: { kind: 'kill', role: 'worker', index: 0, at, restartAfterSeconds: 1 } },
    expect: { 'zombie-fenced': true },
    phases: { steady: { budgets: { lag: { atMost: 50, why: 'While it is harmed.' } } } },
  });
  const { scenario: compiled, problems } = compileWithProblems(harmed, options);
  expect(problems).toEqual([]);
  expect(compiled?.faults.map(({ name }) => name)).toEqual(['blow']);
  expect(compiled?.expectations.map(({ check }) => check)).toEqual(['no-dead-letters', 'takeover-within', 'zombie-fenced']);
  expect(compiled?.budgets.map(({ name, phase, atMost }) => [name, phase, atMost])).toEqual([
    ['lag', 'steady', 50],
    ['quiet', 'all', 9],
  ]);
  expect(compiled?.phases).toEqual(compileWithProblems(good, options).scenario?.phases);
});

test('a part of a phase or of a fault may be varied, but a shape and a moment are replaced as they are', () => {
  const climbing = vary(good, { phases: { steady: { shape: { kind: 'step', toPerSecond: 300, steps: 4 } } } });
  const varied = vary(climbing as ScenarioSource, {
    phases: { steady: { shape: { kind: 'ramp', toPerSecond: 200 } } },
    faults: { nap: { ...good.faults!['nap']!, at: { phase: 'warm-up', afterSeconds: 0 } } },
  });
  expect(varied.phases['steady']).toEqual({ ...good.phases['steady'], shape: { kind: 'ramp', toPerSecond: 200 } });
  expect(varied.faults?.['nap']).toEqual({ ...good.faults!['nap'], at: { phase: 'warm-up', afterSeconds: 0 } });
});

test('a variation replaces traffic as a whole, and says no more than what differs', () => {
  const varied = vary(good, { name: 'varied', traffic: { arrivals: 'constant', keys: { kind: 'zipf', count: 5, exponent: 1 } } });
  expect(varied.traffic).toEqual({ arrivals: 'constant', keys: { kind: 'zipf', count: 5, exponent: 1 } });
  expect(compileWithProblems(varied as ScenarioSource, options).problems).toEqual([]);
  expect(varied.phases).toEqual(good.phases);
});

test('what is missing hides nothing else that is wrong', () => {
  const { scenario: compiled, problems } = compileWithProblems(
    { ...good, title: '', alerts: undefined, drainWithinSeconds: undefined, expect: [] } as unknown as ScenarioSource,
    options,
  );
  expect(compiled).toBeNull();
  expect(problems.map(({ place }) => place).toSorted()).toEqual(['alerts', 'drainWithinSeconds', 'expect', 'title']);
});
