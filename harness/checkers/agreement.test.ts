import { expect, test } from 'vitest';
import type { CheckResult } from './check.ts';
import type { RunData, Series, SignalsRecord } from '../engine/run-data.ts';
import { agreement } from './agreement.ts';
import { withErasure } from './testing/simulated-erasure.ts';
import { changeFirst, quietScenario, signalsOf, simulateRun, type SimulatedRun, withOperations, zeroAt } from './testing/simulated-run.ts';

const run = simulateRun({
  ...quietScenario,
  traffic: {
    ...quietScenario.traffic,
    duplicates: { share: 0.1, withinMs: 300 },
    poison: { share: 0.1, kinds: ['broken-json', 'handler-throws', 'handler-hangs'] },
  },
});
const resultsOf = (changed: RunData): readonly CheckResult[] => [agreement(changed)].flat();
const bad = (changed: RunData): string[] => resultsOf(changed).flatMap(({ id, outcome }) => (outcome === 'pass' ? [] : `${id} ${outcome}`));
const withFinal = (signal: string, change: (series: readonly Series[]) => readonly Series[], of: RunData = run): RunData => {
  const signals = of.signals as SignalsRecord;
  return {
    ...of,
    signals: {
      ...signals,
      finals: signals.finals.map((final) => (final.signal === signal ? { ...final, series: change(final.series) } : final)),
    },
  };
};
const plus = (amount: number) => (series: readonly Series[]) =>
  changeFirst(series, { samples: [[zeroAt / 1000, series[0]!.samples[0]![1] + amount]] });

test('two witnesses that say the same agree on every topic', () => {
  expect(bad(run)).toEqual([]);
  expect(resultsOf(run).map(({ id }) => id)).toEqual(
    expect.arrayContaining(['agreement/duplicates', 'agreement/dead-letters', 'agreement/refusals']),
  );
});

test.each([
  ['faultline.log.appended', 'agreement/appended fail'],
  ['faultline.log.duplicates', 'agreement/duplicates fail'],
  ['faultline.log.conflicts', 'agreement/conflicts fail'],
  ['faultline.accounting.events', 'agreement/applied fail'],
  ['faultline.dead_letters', 'agreement/dead-letters fail'],
  ['faultline.accounting.drop', 'agreement/drop fail'],
  ['faultline.effects.surplus', 'agreement/effect-surplus fail'],
  ['messaging.consumer.lag', 'agreement/final-lag fail'],
  ['faultline.ingest.refused', 'agreement/refusals fail'],
])('%s that is off by one contradicts the history', (signal, named) => {
  expect(bad(withFinal(signal, plus(1)))).toEqual([named]);
});

/** A line of an imported file that nobody said is there. */
const untold = {
  ...run.operations[0]!,
  op: 100_000_000,
  event: 100_000_000,
  attempt: 2,
  outcome: 'unknown',
  status: null,
  id: null,
  duplicate: null,
} as const;

test('a line of an imported file is no delivery that may have been refused without an answer', () => {
  const beside: RunData = { ...run, operations: [...run.operations, { ...untold, idempotencyKey: 'past-1' }] };
  expect(bad(beside)).toEqual([]);
  expect(bad(withFinal('faultline.ingest.refused', plus(1), beside))).toEqual(['agreement/refusals fail']);
});

const { run: afterErasure, erased } = withErasure(
  simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, duplicates: { share: 0.4, withinMs: 300 } } }),
);
const erasing: SimulatedRun = { ...afterErasure, signals: signalsOf(afterErasure) };
const erasedIds = new Set(erased.map(({ id }) => id));
const second = erasing.operations.find(({ id, duplicate }) => duplicate === true && erasedIds.has(id!))!;

test('events that were erased were appended and delivered twice as any other', () => {
  expect(bad(erasing)).toEqual([]);
  for (const topic of ['appended', 'duplicates'])
    expect(bad(withFinal(`faultline.log.${topic}`, plus(-1), erasing))).toEqual([`agreement/${topic} fail`]);
});

test('an erased event of unknown outcome may be there, with each of its deliveries; no more than that is in doubt', () => {
  const unanswered = { outcome: 'unknown', status: null, code: 'timeout', id: null, duplicate: null } as const;
  const inDoubt = withOperations(erasing, (operations) =>
    operations.map((operation) => (operation.event === second.event ? { ...operation, ...unanswered } : operation)),
  );
  expect(bad(inDoubt)).toEqual([]);
  for (const topic of ['appended', 'duplicates']) {
    expect(bad(withFinal(`faultline.log.${topic}`, plus(-1), inDoubt))).toEqual([]);
    for (const amount of [-2, 1])
      expect(bad(withFinal(`faultline.log.${topic}`, plus(amount), inDoubt))).toEqual([`agreement/${topic} fail`]);
  }
});

test('a surplus on one lane does not hide a lack on another', () => {
  const cancelled = withFinal('faultline.effects.surplus', (series) =>
    series.map((each, index) => ({ ...each, samples: [[1, index === 0 ? 1 : index === 1 ? -1 : 0]] })),
  );
  expect(bad(cancelled)).toEqual(['agreement/effect-surplus fail']);
});

test.each([
  ['faultline.accounting.drop', 'agreement/drop'],
  ['faultline.effects.surplus', 'agreement/effect-surplus'],
  ['messaging.consumer.lag', 'agreement/final-lag'],
])(
  '%s that lacks one checkpoint of sixteen is inconclusive, and the one is named; a contradiction in the others still fails',
  (signal, id) => {
    const isLost = ({ labels }: Series) => labels['faultline_processor'] === 'timelines' && labels['faultline_lane'] === '5';
    const lacking = withFinal(signal, (series) => series.filter((each) => !isLost(each)));
    expect(bad(lacking)).toEqual([`${id} inconclusive`]);
    const result = resultsOf(lacking).find((each) => each.id === id);
    expect(result).toMatchObject({ findingsTotal: 1, summary: expect.stringContaining('no sample') });
    expect(result?.findings[0]?.message).toContain(`${signal}{processor="timelines",version="1",lane="5"}`);
    expect(bad(withFinal(signal, plus(1), lacking))).toEqual([`${id} fail`]);
  },
);

test('a series of another version of a processor does not stand in for the one that is missing', () => {
  const renamed = withFinal('faultline.accounting.drop', (series) =>
    changeFirst(series, { labels: { ...series[0]!.labels, faultline_processor_version: '2' } }),
  );
  expect(bad(renamed)).toEqual(['agreement/drop inconclusive']);
});

test('a signal without any sample is absent, which is never 0', () => {
  expect(bad(withFinal('faultline.accounting.drop', () => []))).toEqual(['agreement/drop inconclusive']);
  expect(bad(withFinal('faultline.log.duplicates', (series) => series.map((each) => ({ ...each, samples: [] }))))).toEqual([
    'agreement/duplicates inconclusive',
  ]);
});

test('duplicates may lie anywhere in what deliveries of unknown outcome leave open, and not beyond', () => {
  const second = run.operations.find(({ delivery }) => delivery === 'duplicate')!;
  const doubtful = withOperations(run, (operations) =>
    changeFirst(operations, { outcome: 'unknown', status: null, id: null, duplicate: null }, ({ op }) => op === second.op),
  );
  expect(bad(doubtful)).toEqual([]);
  expect(bad(withFinal('faultline.log.duplicates', plus(-1), doubtful))).toEqual([]);
  expect(bad(withFinal('faultline.log.duplicates', plus(1), doubtful))).toEqual(['agreement/duplicates fail']);
});

test('refusals that a killed ingest process had not exported may be missing, those before may not', () => {
  const last = run.operations.filter(({ code }) => code === 'invalid_json').at(-1)!;
  const kill = (injectedAt: number): RunData => ({
    ...withFinal('faultline.ingest.refused', plus(-1)),
    plan: {
      ...run.plan,
      scenario: {
        ...run.plan.scenario,
        faults: [{ kind: 'kill', name: 'k', role: 'ingest', index: 0, at: { phase: 'steady', afterSeconds: 0 }, restartAfterSeconds: 0 }],
      },
    },
    evidence: [{ fault: 'k', kind: 'kill', injectedAt, healedAt: injectedAt, tookEffect: true, healed: true, observations: [] }],
  });
  expect(bad(kill(zeroAt + last.doneAt + 100))).toEqual([]);
  expect(bad(kill(zeroAt - 60_000))).toEqual(['agreement/refusals fail']);
});

const shared = simulateRun({
  ...quietScenario,
  traffic: {
    ...quietScenario.traffic,
    tenants: [
      { name: 'quiet', share: 0.3 },
      { name: 'noisy', share: 0.7 },
    ],
    poison: { share: 0.2, kinds: ['broken-json'] },
  },
});
const relabelled = (from: string, tenant: Record<string, string>) =>
  withFinal(
    'faultline.ingest.refused',
    (series) =>
      series.map((each) => {
        const { faultline_tenant: of, ...labels } = each.labels;
        return of === from ? { ...each, labels: { ...labels, ...tenant } } : each;
      }),
    shared,
  );

test('refusals of one tenant that are counted as those of another are found, though their sum is right', () => {
  expect(bad(shared)).toEqual([]);
  const swapped = relabelled('quiet', { faultline_tenant: 'noisy' });
  expect(bad(swapped)).toEqual(['agreement/refusals fail']);
  const findings = resultsOf(swapped).find(({ id }) => id === 'agreement/refusals')?.findings ?? [];
  expect(findings.map(({ message }) => message.split(':')[0])).toEqual([
    'faultline.ingest.refused{code="invalid_json",tenant="quiet"}',
    'faultline.ingest.refused{code="invalid_json",tenant="noisy"}',
  ]);
});

test('where somebody was refused before it was known who it is, the sum alone is compared', () => {
  expect(bad(relabelled('quiet', {}))).toEqual([]);
});

test('where nothing is dead, no dead letters need be told of', () => {
  const healthy = simulateRun();
  expect(bad({ ...healthy, signals: signalsOf(healthy) })).toEqual([]);
});

test('without telemetry, or without the whole history, nothing is claimed', () => {
  expect(bad({ ...run, signals: null })).toEqual(['agreement/signals inconclusive']);
  expect(bad({ ...run, historyComplete: false })).toEqual(['agreement/signals inconclusive']);
});
