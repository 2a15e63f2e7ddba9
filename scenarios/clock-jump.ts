// Hosts whose clocks are wrong: a worker’s is eight seconds ahead, a front door’s eight behind. Leases, order and the dedupe window are the database’s affair.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'clock-jump',
  title: '150 events a second, while the clock of a worker is 8 s ahead and that of one of two ingest processes 8 s behind',
  why: 'A virtual machine wakes up, a time server is wrong: clocks jump by more than a lease. Whoever measures leases by the clock of the host believes that a neighbour is dead, or keeps its lanes beyond its own death; whoever orders by times of receipt changes the order of events. Users notice nothing; the operator may be told of old data that is none, since freshness is measured between two hosts, and mends the clock.',
  set: 'extra',
  needs: { processes: { ingest: 2 } },

  traffic: { arrivals: 'poisson', keys: { kind: 'zipf', count: 500, exponent: 0.8 }, retries: 4 },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 30, shape: { kind: 'ramp', toPerSecond: 150 } },
    wrong: {
      kind: 'fault',
      seconds: 12,
      ratePerSecond: 150,
      budgets: { 'ingest-p99': { atMost: 0.5, why: 'Producers do not wait for clocks.' } },
    },
    right: { kind: 'heal', seconds: 10, ratePerSecond: 150 },
  },
  faults: {
    'worker-ahead': { kind: 'clock', role: 'worker', index: 0, offsetMs: 8000, at: { phase: 'wrong', afterSeconds: 0.5 }, seconds: 9 },
    'ingest-behind': { kind: 'clock', role: 'ingest', index: 0, offsetMs: -8000, at: { phase: 'wrong', afterSeconds: 0.5 }, seconds: 9 },
  },

  expect: {
    'every-event-acknowledged': true,
    // Each begins and ends by a death, since a process is given another clock by a new start.
    'takeover-within': { seconds: 6 },
    'no-dead-letters': true,
    'equals-ordered-delivery': true,
  },
  seen: { takeovers: 2 },
  budgets: { drop: { atMost: 0, why: 'Lanes on which the books do not add up.' } },
  alerts: {
    // What the worker itself counts comes eight seconds late, as its clock has it.
    FaultlineLeaseTakenOver: { after: 'worker-ahead', withinSeconds: 15, resolvesWithinSeconds: 15 },
  },
  mayFire: {
    FaultlineFreshnessBudgetBurn: 'Freshness is the time between the clocks of two hosts: eight seconds of it are the clocks’ own.',
    FaultlineWorkerCrashLoop: 'The worker is killed twice within a quarter of a minute, to be given another clock and its own again.',
  },
  drainWithinSeconds: 20,
});
