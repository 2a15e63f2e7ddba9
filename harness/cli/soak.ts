// The scenario of a soak, made from a seed: hours of an ordinary day in minutes, with random faults one after the other, and calm at the end in which everything has
// to be as if nothing had been. Pure: the same minutes, rate and seed give the same scenario.
import { overlapProblems } from '../scenario/faults/overlap-problems.ts';
import { collectProblems } from '../scenario/problem.ts';
import type { Fault, Phase } from '../scenario/scenario.ts';
import type { FaultSource, ScenarioSource } from '../scenario/source.ts';
import { createRandom, type Random } from '../traffic/random.ts';

export type SoakOptions = { readonly minutes: number; readonly ratePerSecond: number; readonly seed: number };

export const soakMinutes = { least: 2, most: 60 } as const;

const [warmUpSeconds, calmSeconds] = [10, 20];
/** Before the calm everything has to be over, the time that a takeover takes too. */
const quietBeforeCalmSeconds = 20;
const processes = { ingest: 2, worker: 3, query: 1 } as const;

type Blow = {
  readonly name: string;
  /** How long it lasts, about. */
  readonly seconds: number;
  readonly fault: (at: { readonly phase: 'storm'; readonly afterSeconds: number }) => FaultSource<'storm'>;
};

export const soakScenario = ({ minutes, ratePerSecond, seed }: SoakOptions): ScenarioSource => {
  const stormSeconds = Math.round(minutes * 60) - warmUpSeconds - calmSeconds;
  const faults = planBlows(createRandom(seed, 'soak'), stormSeconds);
  return {
    name: 'soak',
    title: `${minutes} minutes at ${ratePerSecond} events a second from clients who try again, with ${Object.keys(faults).length} random faults`,
    why: 'What grows a little with each fault is not seen in half a minute: a connection that is not given back, a map that is not cleaned, rows that nobody deletes, a retry that never ends. After many of them nothing may be lost, nothing may have grown but what is stored, and every signal must be back where it was.',
    set: 'extra',
    needs: { processes, settings: { FAULTLINE_TRACES_PER_SECOND: String(tracesPerSecond(minutes)) } },
    traffic: {
      arrivals: 'poisson',
      keys: { kind: 'zipf', count: 5000, exponent: 0.8 },
      duplicates: { share: 0.02, withinMs: 5000 },
      retries: 20,
    },
    phases: {
      'warm-up': {
        kind: 'warm-up',
        seconds: warmUpSeconds,
        ratePerSecond: Math.max(1, ratePerSecond / 4),
        shape: { kind: 'ramp', toPerSecond: ratePerSecond },
      },
      storm: { kind: 'fault', seconds: stormSeconds, ratePerSecond },
      calm: { kind: 'heal', seconds: calmSeconds, ratePerSecond, budgets: calmBudgets(ratePerSecond) },
    },
    faults,
    expect: {
      'every-event-acknowledged': true,
      'no-dead-letters': true,
      'equals-ordered-delivery': true,
      'memory-steady': { megabytes: 60 },
      'disk-bounded': { bytesPerEvent: 4000 },
      ...(Object.values(faults).some(({ kind }) => kind === 'restart') ? { 'stops-in-order': { seconds: 20 } } : {}),
    },
    budgets: {
      drop: {
        atMost: 0,
        knownShare: 0.97,
        why: 'Lanes on which the books do not add up, but for when faults on the database keep anybody from reading them.',
      },
    },
    alerts: {},
    mayFire: Object.fromEntries(mayFire.map((alert) => [alert, 'Which faults come, and how close together, is the seed’s affair.'])),
    drainWithinSeconds: 30,
  };
};

/** Of each process. What the telemetry stack keeps of traces is bounded, and the marked ones are to be there yet when the run is judged. */
const tracesPerSecond = (minutes: number): number => Math.min(100, Math.max(1, Math.floor(100 / minutes)));

/** Those that a fault of a few seconds can bring about. What tells of a broken promise, of dead letters or of a part that is gone for good is not among them. */
const mayFire = [
  'FaultlineIngestErrorBudgetBurn',
  'FaultlineIngestLatencyBudgetBurn',
  'FaultlineFreshnessBudgetBurn',
  'FaultlineIngestRefusing',
  'FaultlineLagGrowing',
  'FaultlineLeaseTakenOver',
  'FaultlineWorkerCrashLoop',
  'FaultlineStorageFailing',
  'FaultlineBooksStale',
] as const;

const calmBudgets = (ratePerSecond: number) => ({
  'ingest-p99': { atMost: 0.25, why: 'Producers wait as short as on the first day.' },
  'freshness-p99': { atMost: 1.5, why: 'What is accepted can be queried as soon as on the first day.' },
  lag: { atMost: 2 * ratePerSecond, why: 'No backlog is left.' },
  'error-share': { atMost: 0, why: 'Nothing is refused any more.' },
  drop: { atMost: 0, why: 'Lanes on which the books do not add up.' },
  parked: { atMost: 0, why: 'No fault of the infrastructure is an event’s.' },
  'alerts-over': {
    promql: '(count(ALERTS{$run,alertstate="firing",severity!="heartbeat"}) or vector(0))',
    over: 'end' as const,
    unit: 'alerts',
    atMost: 0,
    why: 'Nobody is still called for something that is over.',
  },
});

const planBlows = (random: Random, stormSeconds: number): Readonly<Record<string, FaultSource<'storm'>>> => {
  const planned: [string, FaultSource<'storm'>][] = [];
  let at = random.int(5, 10);
  for (;;) {
    const { name, seconds, fault } = random.pick(blows)(random);
    if (at + seconds > stormSeconds - quietBeforeCalmSeconds) return Object.fromEntries(planned);
    const next = [`${name}-${planned.length + 1}`, fault({ phase: 'storm', afterSeconds: at })] as const;
    // Another is drawn in its place: a restart may take longer than the pause after it, and its process must not be struck meanwhile.
    if (overlap([...planned, next])) continue;
    planned.push([...next]);
    at += seconds + random.int(8, 20);
  }
};

/** By the rule that scenarios are held to. */
const overlap = (planned: readonly (readonly [string, FaultSource<'storm'>])[]): boolean => {
  const faults = planned.map(([name, fault]) => ({ ...fault, name }) as Fault);
  const storm: Phase = { name: 'storm', kind: 'fault', seconds: soakMinutes.most * 60, ratePerSecond: 1 };
  return collectProblems((report) => overlapProblems(faults, [storm], report)).length > 0;
};

const workerOf = (random: Random): number => random.int(0, processes.worker - 1);
const ingestOf = (random: Random): number => random.int(0, processes.ingest - 1);

const blows: readonly ((random: Random) => Blow)[] = [
  (random) => {
    const [index, restartAfterSeconds] = [workerOf(random), random.int(0, 3)];
    return { name: 'kill-worker', seconds: 5, fault: (at) => ({ kind: 'kill', role: 'worker', index, restartAfterSeconds, at }) };
  },
  (random) => {
    const [index, restartAfterSeconds] = [ingestOf(random), random.int(0, 2)];
    return { name: 'kill-ingest', seconds: 4, fault: (at) => ({ kind: 'kill', role: 'ingest', index, restartAfterSeconds, at }) };
  },
  (random) => {
    const [index, seconds] = [workerOf(random), random.int(1, 6)];
    return { name: 'pause-worker', seconds: seconds + 3, fault: (at) => ({ kind: 'pause', role: 'worker', index, seconds, at }) };
  },
  (random) => {
    const [index, times] = [workerOf(random), random.int(2, 3)];
    return {
      name: 'crash-loop',
      seconds: 3 * times + 4,
      fault: (at) => ({ kind: 'crash-loop', role: 'worker', index, times, everySeconds: 1, at }),
    };
  },
  (random) => {
    const role = random.pick(['ingest', 'worker', 'query'] as const);
    const index = random.int(0, processes[role] - 1);
    return { name: `restart-${role}`, seconds: 4, fault: (at) => ({ kind: 'restart', role, index, at }) };
  },
  (random) => {
    const [link, latencyMs, seconds] = [
      random.pick(['ingest-database', 'worker-database'] as const),
      random.int(20, 100),
      random.int(3, 8),
    ];
    return {
      name: 'slow-link',
      seconds: seconds + 2,
      fault: (at) => ({ kind: 'network', link, effect: 'latency', latencyMs, jitterMs: 20, seconds, at }),
    };
  },
  (random) => {
    const [link, effect] = [random.pick(['ingest-database', 'worker-database'] as const), random.pick(['cut', 'reset'] as const)];
    const seconds = random.int(2, 4);
    return { name: `${effect}-link`, seconds: seconds + 4, fault: (at) => ({ kind: 'network', link, effect, seconds, at }) };
  },
  (random) => {
    const times = random.int(1, 3);
    const common = { kind: 'network', link: 'ingest-database', effect: 'swallow-commit', statement: 'append_batch(', seconds: 3 } as const;
    return { name: 'lost-answers', seconds: 5, fault: (at) => ({ ...common, times, at }) };
  },
  (random) => {
    const how = random.pick(['fast', 'immediate'] as const);
    return { name: `restart-database`, seconds: 8, fault: (at) => ({ kind: 'database', effect: 'restart', how, seconds: 2, at }) };
  },
  (random) => {
    const effect = random.pick(['lock', 'read-only', 'connections', 'idle-transaction', 'long-snapshot'] as const);
    const seconds = random.int(2, 6);
    return { name: effect, seconds: seconds + 2, fault: (at) => ({ kind: 'database', effect, seconds, at }) };
  },
];
