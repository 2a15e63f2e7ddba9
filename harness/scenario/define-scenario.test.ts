import { expect, test } from 'vitest';
import { defineScenario } from './define-scenario.ts';
import type { Fault, Scenario } from './scenario.ts';
import { scenarioProblems } from './scenario-problems.ts';

const good: Scenario = {
  name: 'good',
  title: 'Good',
  why: 'To be spoilt.',
  target: { processes: { ingest: 1, worker: 2, query: 1 } },
  phases: [{ name: 'steady', kind: 'steady', seconds: 5, ratePerSecond: 100 }],
  traffic: { arrivals: 'poisson', keys: { kind: 'uniform', count: 10 } },
  faults: [{ kind: 'kill', name: 'kill-one', at: { phase: 'steady', afterSeconds: 1 }, role: 'worker', index: 1, restartAfterSeconds: 1 }],
  expectations: [{ check: 'something' }],
  mustBeSeen: [],
  budgets: [{ name: 'lag', why: 'Because.', promql: 'sum(x{$run})', phase: 'all', over: 'end', unit: 'events', atMost: 5 }],
  detection: {
    fires: [{ alert: 'SomethingIsDead', cause: 'kill-one', withinSeconds: 10, resolvesWithinSeconds: 15 }],
    tolerated: [{ alert: 'SomethingIsSlow', why: 'It depends on the machine.' }],
  },
  drainWithinSeconds: 10,
};
const expected = good.detection.fires[0]!;
const placesOf = (spoilt: object): string[] => scenarioProblems({ ...good, ...spoilt }).map(({ place }) => place);

test('a good scenario has no problem, and is given back frozen', () => {
  expect(scenarioProblems(good)).toEqual([]);
  expect(Object.isFrozen(defineScenario({ ...good }))).toBe(true);
});

test.each([
  ['name', { name: 'Not Good' }],
  ['title', { title: ' ' }],
  ['why', { why: '' }],
  ['target.processes.worker', { target: { processes: { ingest: 1, worker: 0, query: 1 } }, faults: [], detection: { fires: [] } }],
  ['target.environment.X', { target: { ...good.target, environment: { X: 5 } } }],
  ['phases[0].seconds', { phases: [{ ...good.phases[0]!, seconds: -1 }], faults: [], detection: { fires: [] } }],
  ['phases[0].ratePerSecond', { phases: [{ ...good.phases[0]!, ratePerSecond: 0 }] }],
  ['phases[0].name', { phases: [{ ...good.phases[0]!, name: 'drain' }], faults: [], detection: { fires: [] } }],
  ['phases[1].name', { phases: [good.phases[0]!, good.phases[0]!] }],
  ['phases', { phases: [{ ...good.phases[0]!, seconds: 3600, ratePerSecond: 4000 }] }],
  ['traffic.arrivals', { traffic: { ...good.traffic, arrivals: 'bursts' } }],
  ['traffic.keys.count', { traffic: { ...good.traffic, keys: { kind: 'uniform', count: 0 } } }],
  ['traffic.keys.exponent', { traffic: { ...good.traffic, keys: { kind: 'zipf', count: 5, exponent: 0 } } }],
  ['traffic.senders', { traffic: { ...good.traffic, senders: 0.5 } }],
  ['traffic.tenants', { traffic: { ...good.traffic, tenants: [] } }],
  ['traffic.tenants', { traffic: { ...good.traffic, tenants: [{ name: 'a', share: 0.4 }] } }],
  ['traffic.tenants[0].name', { traffic: { ...good.traffic, tenants: [{ name: 'A!', share: 1 }] } }],
  ['traffic.tenants[0].eventsPerSecond', { traffic: { ...good.traffic, tenants: [{ name: 'a', share: 1, eventsPerSecond: 0 }] } }],
  ['traffic.batch', { traffic: { ...good.traffic, tenants: [{ name: 'a', share: 1 }], batch: { size: 5, lingerMs: 10 } } }],
  ['traffic.retries', { traffic: { ...good.traffic, retries: 0 } }],
  ['traffic.ids', { traffic: { ...good.traffic, ids: 'none', retries: 2 } }],
  ['traffic.ids', { traffic: { ...good.traffic, ids: 'some' as 'none' } }],
  ['traffic.driver', { traffic: { ...good.traffic, driver: 'k6' } }],
  ['traffic.driver', { traffic: { ...good.traffic, driver: null } }],
  ['traffic.driver.users', { traffic: { ...good.traffic, driver: { kind: 'k6', users: 0 } } }],
  ['traffic.driver.users', { traffic: { ...good.traffic, driver: { kind: 'k6', users: 5001 } } }],
  ['traffic.driver.script', { traffic: { ...good.traffic, driver: { kind: 'k6', users: 5, script: new URL('file:///a.js') } } }],
  ['traffic.transport', { traffic: { ...good.traffic, driver: { kind: 'k6', users: 5 }, transport: 'udp' } }],
  ['traffic.batch', { traffic: { ...good.traffic, driver: { kind: 'k6', users: 5 }, batch: { size: 9, lingerMs: 5 } } }],
  ['traffic.retries', { traffic: { ...good.traffic, driver: { kind: 'k6', users: 5 }, retries: 1 } }],
  ['traffic.senders', { traffic: { ...good.traffic, driver: { kind: 'k6', users: 5 }, senders: 2 } }],
  ['traffic.transport', { traffic: { ...good.traffic, transport: 'tcp' } }],
  ['traffic.retries', { traffic: { ...good.traffic, transport: 'udp', retries: 1 } }],
  ['traffic.senders', { traffic: { ...good.traffic, transport: 'udp', senders: 2 } }],
  ['traffic.poison.kinds', { traffic: { ...good.traffic, transport: 'udp', poison: { share: 0.1, kinds: ['oversized', 'wrong-types'] } } }],
  ['traffic.batch.size', { traffic: { ...good.traffic, batch: { size: 1, lingerMs: 5 } } }],
  ['traffic.batch.size', { traffic: { ...good.traffic, batch: { size: 1001, lingerMs: 5 } } }],
  ['traffic.batch.lingerMs', { traffic: { ...good.traffic, batch: { size: 10, lingerMs: 0 } } }],
  [
    'traffic.poison.kinds',
    { traffic: { ...good.traffic, batch: { size: 9, lingerMs: 5 }, poison: { share: 0.1, kinds: ['broken-json'] } } },
  ],
  [
    'traffic.poison.kinds',
    { traffic: { ...good.traffic, batch: { size: 9, lingerMs: 5 }, poison: { share: 0.1, kinds: ['oversized', 'wrong-types'] } } },
  ],
  ['traffic.duplicates.share', { traffic: { ...good.traffic, duplicates: { share: 1.5, withinMs: 10 } } }],
  ['traffic.disorder.places', { traffic: { ...good.traffic, disorder: { share: 0.5, places: 0.5 } } }],
  ['traffic.poison.kinds', { traffic: { ...good.traffic, poison: { share: 0.1, kinds: ['arsenic', 'broken-json'] } } }],
  ['traffic.poison.kinds', { traffic: { ...good.traffic, poison: { share: 0.1, kinds: ['oversized'] } } }],
  ['faults[0].at.phase', { faults: [{ ...good.faults[0]!, at: { phase: 'later', afterSeconds: 0 } }] }],
  ['faults[0].at.afterSeconds', { faults: [{ ...good.faults[0]!, at: { phase: 'steady', afterSeconds: 5 } }] }],
  ['faults[0].index', { faults: [{ ...good.faults[0]!, index: 2 }] }],
  ['faults[0].kind', { faults: [{ ...good.faults[0]!, kind: 'explode' }] }],
  ['faults[0].restartAfterSeconds', { faults: [{ ...good.faults[0]!, restartAfterSeconds: 121 } as Fault] }],
  ['faults[0].restartAfterSeconds', { faults: [{ ...good.faults[0]!, restartAfterSeconds: -1 } as Fault] }],
  ['faults[0].seconds', { faults: [{ ...good.faults[0]!, kind: 'pause', seconds: 121 } as Fault] }],
  ['faults[0].seconds', { faults: [{ ...good.faults[0]!, kind: 'pause', seconds: 0 } as Fault] }],
  ['faults[1].name', { faults: [good.faults[0]!, { ...good.faults[0]!, index: 0 } as Fault] }],
  ['budgets[0]', { budgets: [{ name: 'lag', why: 'Because.', promql: 'sum(x{$run})', phase: 'all', over: 'end', unit: 'events' }] }],
  ['budgets[0].promql', { budgets: [{ ...good.budgets[0]!, promql: 'sum(x)' }] }],
  ['budgets[0].phase', { budgets: [{ ...good.budgets[0]!, phase: 'never' }] }],
  ['budgets[1].name', { budgets: [good.budgets[0]!, good.budgets[0]!] }],
  ['budgets[0].knownShare', { budgets: [{ ...good.budgets[0]!, knownShare: 0.9 }] }],
  ['budgets[0].knownShare', { budgets: [{ ...good.budgets[0]!, over: 'every-step', knownShare: 1.1 }] }],
  ['expectations', { expectations: undefined }],
  ['mustBeSeen[0].check', { mustBeSeen: [{ check: '' }] }],
  ['detection', { detection: undefined }],
  ['detection.fires', { detection: {} }],
  ['detection.fires[0].alert', { detection: { fires: [{ ...expected, alert: '' }] } }],
  ['detection.fires[0].cause', { detection: { fires: [{ ...expected, cause: 'kill-two' }] } }],
  [
    'detection.fires[0].cause',
    {
      phases: [{ ...good.phases[0]!, name: 'kill-one' }],
      budgets: [],
      faults: [{ ...good.faults[0]!, at: { phase: 'kill-one', afterSeconds: 0 } }],
    },
  ],
  ['detection.fires[0].withinSeconds', { detection: { fires: [{ ...expected, withinSeconds: 0 }] } }],
  ['detection.fires[0].resolvesWithinSeconds', { detection: { fires: [{ ...expected, resolvesWithinSeconds: 'soon' }] } }],
  ['detection.fires[1]', { detection: { fires: [expected, expected] } }],
  ['detection.tolerated[0].why', { detection: { fires: [], tolerated: [{ alert: 'X' }] } }],
  ['detection.tolerated[0].alert', { detection: { fires: [expected], tolerated: [{ alert: expected.alert, why: 'Because.' }] } }],
  ['drainWithinSeconds', { drainWithinSeconds: 0 }],
])('a mistake at %s is said with its place', (place, spoilt) => {
  expect(placesOf(spoilt)).toEqual([place]);
});

test.each([
  ['poison that leaves its neighbours be in a batch', { batch: { size: 2, lingerMs: 1 }, poison: { share: 0.1, kinds: ['wrong-types'] } }],
  ['batches of as many as are taken', { batch: { size: 1000, lingerMs: 60_000 }, retries: 3, senders: 2 }],
  [
    'datagrams, with poison that fits',
    { transport: 'udp', batch: { size: 9, lingerMs: 5 }, poison: { share: 0.1, kinds: ['hostile-text'] } },
  ],
  ['k6, with a script', { driver: { kind: 'k6', users: 5000, script: '/a.js' }, senders: 1, transport: 'http' }],
  ['what is the usual, said', { transport: 'http', retries: 1 }],
])('%s are no mistake', (_what, traffic) => {
  expect(placesOf({ traffic: { ...good.traffic, ...traffic } as typeof good.traffic })).toEqual([]);
});

test('all mistakes are said at once', () => {
  const define = (): unknown => defineScenario({ ...good, name: 'NO', title: '', drainWithinSeconds: -1 });
  expect(define).toThrow(
    expect.objectContaining({
      code: 'FL_SCENARIO_INVALID',
      message: expect.stringMatching(/3 mistakes[^]*name:[^]*title:[^]*drainWithinSeconds:/),
    }),
  );
});

test('something that is no scenario at all is refused in words, not with a crash', () => {
  for (const nothing of [null, {}, { name: 'x', phases: 5 }, []])
    expect(() => defineScenario(nothing as never)).toThrow(/FL_SCENARIO|mistakes/);
});
