// A run's folder that lost its end must never turn a good run into a failed one: what is missing from a file that was cut proves nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withConsumers } from '../checkers/testing/simulated-consumers.ts';
import { quietScenario, simulateRun, withOperations, type SimulatedRun } from '../checkers/testing/simulated-run.ts';
import { judge } from '../engine/judge.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { checks } from './checks.ts';

const parameters = {
  atLeast: 1,
  seconds: 1,
  under: 1_000_000,
  withinSeconds: 60,
  phase: 'steady',
  megabytes: 350,
  bytesPerEvent: 4000,
  kind: 'events',
};
const everything: Scenario = {
  ...quietScenario,
  phases: [{ name: 'steady', kind: 'steady', seconds: 3, ratePerSecond: 100 }],
  expectations: [...checks.expectations.keys()].map((check) => ({ check, parameters })),
  mustBeSeen: [...checks.mustBeSeen.keys()].map((check) => ({ check, parameters })),
};
const twice = simulateRun({ ...everything, traffic: { ...everything.traffic, duplicates: { share: 0.2, withinMs: 300 } } }, 5);

/** The last delivery of each event that was delivered twice, by event. */
const seconds = new Map(
  twice.operations.filter(({ delivery }) => delivery === 'duplicate').map((operation) => [operation.event, operation]),
);

/** Of two deliveries the answer to the second came first: a cut between them leaves a duplicate of nothing. */
const overtaken = withOperations(twice, (operations) =>
  operations.map((operation) => {
    const second = seconds.get(operation.event);
    return second === undefined || operation.delivery === 'duplicate' ? operation : { ...operation, doneAt: second.doneAt + 50 };
  }),
);

/** The first delivery was refused and the second taken: a cut between them leaves a refused event that is in the log. */
const takenLater = withOperations(twice, (operations) =>
  operations.map((operation) => {
    if (!seconds.has(operation.event)) return operation;
    return operation.delivery === 'duplicate'
      ? { ...operation, duplicate: false }
      : { ...operation, outcome: 'failed', status: 503, code: 'overloaded', retryAfterSeconds: 1, id: null, duplicate: null };
  }),
);

const runs: readonly SimulatedRun[] = [
  twice,
  overtaken,
  takenLater,
  simulateRun({ ...everything, traffic: { ...everything.traffic, sequenced: true, disorder: { share: 0.3, places: 20 } } }, 5),
  simulateRun({ ...everything, traffic: { ...everything.traffic, poison: { share: 0.1, kinds: ['handler-throws', 'broken-json'] } } }, 5),
];

const resultsOf = (run: SimulatedRun) => judge(run, { checks, budgets: () => [] }).verdict.results;

const failed = (run: SimulatedRun): readonly string[] =>
  resultsOf(run).flatMap(({ id, outcome, summary, findings }) => (outcome === 'fail' ? [`${id}: ${summary} ${findings[0]?.message}`] : []));

/** Doubles would crowd near 0. */
const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
const prefix = <Item>(items: readonly Item[], of: number): readonly Item[] => items.slice(0, Math.floor(items.length * of));

describe.each(runs.map((run, index) => [index, run] as const))('of run %i', (_index, run) => {
  /** A poisoned run breaks the expectations of a quiet one: only what the cut adds counts. */
  const before = new Set(failed(run).map((text) => text.split(':')[0]));
  const added = (cut: SimulatedRun): readonly string[] => failed(cut).filter((text) => !before.has(text.split(':')[0]));

  test('a final state that was cut anywhere fails no check', () => {
    fc.assert(
      fc.property(share, (of) => {
        expect(added({ ...run, finalState: prefix(run.finalState, of), finalStateComplete: false })).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('a history that was cut anywhere fails no check', () => {
    fc.assert(
      fc.property(share, (of) => {
        const operations = prefix(
          run.operations.toSorted((left, right) => left.doneAt - right.doneAt),
          of,
        );
        expect(added({ ...run, operations, historyComplete: false })).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('samples of the machine that were cut anywhere fail no check', () => {
    fc.assert(
      fc.property(share, (of) => {
        expect(added({ ...run, machine: prefix(run.machine, of), machineComplete: false })).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});

describe('of a run that was read from and consumed elsewhere', () => {
  const fresh = { check: 'stale-reads', parameters: { withinSeconds: 1 } };
  const expectations = [...everything.expectations.filter(({ check }) => check !== fresh.check), fresh];
  const run = withConsumers(simulateRun({ ...everything, expectations, reads: { ratePerSecond: 40 } }, 5));
  const before = new Map(resultsOf(run).map(({ id, outcome }) => [id, outcome]));
  const failing = failed(run).map((text) => text.split(':')[0]);
  const cuts = {
    reads: (of: number): SimulatedRun => ({ ...run, reads: { complete: false, rows: prefix(run.reads!.rows, of) } }),
    consumed: (of: number): SimulatedRun => ({ ...run, consumed: { complete: false, rows: prefix(run.consumed!.rows, of) } }),
  };
  const asking = {
    reads: ['stale-reads', 'read-your-writes', 'monotonic-reads', 'phantom-reads', 'reads-answered'],
    consumed: [
      'consumed-at-least-once',
      'consumed-in-order',
      'checkpoint-never-ahead',
      'redelivery-bounded',
      'consumer-zombie-fenced',
      'given-under-lease',
    ],
  } as const;

  test.each(['reads', 'consumed'] as const)(
    '%s that were cut anywhere fail no check, and pass none that looked for a fault in them',
    (file) => {
      for (const name of asking[file]) expect([name, before.get(`expectation/${name}`)]).toEqual([name, 'pass']);
      fc.assert(
        fc.property(share, (of) => {
          const cut = cuts[file](of);
          expect(failed(cut).filter((text) => !failing.includes(text.split(':')[0]))).toEqual([]);
          const passed = resultsOf(cut).flatMap(({ id, outcome }) => (outcome === 'pass' ? [id] : []));
          expect(asking[file].filter((name) => passed.includes(`expectation/${name}`))).toEqual([]);
        }),
        { numRuns: 20 },
      );
    },
  );
});
