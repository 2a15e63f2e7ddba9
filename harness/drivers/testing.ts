// For tests of drivers: a small scenario.
import type { Scenario, Traffic } from '../scenario/scenario.ts';

export const scenarioOf = (traffic: Partial<Traffic> = {}, seconds = 1, ratePerSecond = 200): Scenario => ({
  name: 'test',
  title: 'Test',
  why: 'Test.',
  target: { processes: { ingest: 1, worker: 1, query: 1 } },
  phases: [{ name: 'only', kind: 'steady', seconds, ratePerSecond }],
  traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 10 }, ...traffic },
  faults: [],
  expectations: [],
  mustBeSeen: [],
  budgets: [],
  detection: { fires: [] },
  drainWithinSeconds: 1,
});
