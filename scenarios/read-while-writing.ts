// Clients who read while others write and a worker dies: nobody may see a timeline go back, an event that is not there, or miss one for long.
import { defineScenario } from '../harness/scenario/define-scenario.ts';

export default defineScenario({
  name: 'read-while-writing',
  title: '200 events a second, 40 reads a second beside them, and a worker that is killed',
  why: 'A system that is right at the end may have shown nonsense on the way: a timeline that lost its last entries when another worker took over, an event that was rolled back after somebody had read it, a page that is minutes old. Readers who write down what they were shown are the only witness of that.',
  byDefault: false,
  target: { processes: { ingest: 1, worker: 2, query: 1 } },
  phases: [
    { name: 'warm-up', kind: 'warm-up', seconds: 2, ratePerSecond: 200 },
    { name: 'crash', kind: 'fault', seconds: 8, ratePerSecond: 200 },
    { name: 'heal', kind: 'heal', seconds: 4, ratePerSecond: 200 },
  ],
  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 60, exponent: 1 } },
  reads: { ratePerSecond: 40 },
  faults: [
    { kind: 'kill', name: 'kill-worker', at: { phase: 'crash', afterSeconds: 2 }, role: 'worker', index: 0, restartAfterSeconds: 1 },
  ],
  expectations: [
    { check: 'good-events-accepted' },
    { check: 'stale-reads', parameters: { withinSeconds: 6 } },
    { check: 'monotonic-reads' },
    { check: 'phantom-reads' },
  ],
  mustBeSeen: [{ check: 'reads-seen', parameters: { atLeast: 300 } }],
  budgets: [],
  detection: {
    fires: [{ alert: 'FaultlineLeaseTakenOver', cause: 'kill-worker', withinSeconds: 10, resolvesWithinSeconds: 15 }],
  },
  drainWithinSeconds: 10,
});
