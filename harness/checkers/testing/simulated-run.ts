// Test support: the run of a perfect target, computed from a plan. Tests take it and spoil one thing, so that what a checker finds is what was spoilt.
import { createHash } from 'node:crypto';
import { planScenario } from '../../engine/plan.ts';
import type { RunData, Series, SignalsRecord } from '../../engine/run-data.ts';
import type { FinalRow } from '../../history/final-state.ts';
import type { Operation } from '../../history/operation.ts';
import { sentBy } from '../../history/sent-by.ts';
import { keyOf, processors, type RowOf } from '../../history/run-index.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { deadLetterReasons, isParkedPoison } from '../../traffic/poison.ts';
import { checkpointLabels } from './checkpoint-labels.ts';
import { simulatedBooks } from './simulated-books.ts';
import { simulatedEventLogs } from './simulated-event-logs.ts';
import { simulatePanels } from './simulated-panels.ts';
import { lagSeries } from './simulated-lag.ts';
import { simulatedReads } from './simulated-reads.ts';
import { refusedSeries } from './simulated-refusals.ts';
import { alertsOf } from './simulated-alerts.ts';
import { machineSamples } from './simulated-machine.ts';

export const zeroAt = 1_767_225_600_000;
const lanes = 8;
const workers = ['worker-1-aaaaaa', 'worker-2-bbbbbb'] as const;
const answerMs = 5;
const applyMs = 20;

export const quietScenario: Scenario = {
  name: 'quiet',
  title: 'A quiet run',
  why: 'For tests of the checkers.',
  target: { processes: { ingest: 1, worker: 2, query: 1 } },
  phases: [
    { name: 'warm-up', kind: 'warm-up', seconds: 1, ratePerSecond: 100 },
    { name: 'steady', kind: 'steady', seconds: 5, ratePerSecond: 100 },
  ],
  traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 20 } },
  faults: [],
  expectations: [],
  mustBeSeen: [],
  budgets: [],
  detection: { fires: [] },
  drainWithinSeconds: 10,
};

type Logged = RowOf<'log'> & { readonly planned: PlannedOperation; readonly doneAt: number; readonly tenant: string };

/** A run whose rows are objects, so that tests can change them. */
export type SimulatedRun = Omit<RunData, 'operations' | 'finalState'> & {
  readonly operations: readonly Operation[];
  readonly finalState: readonly FinalRow[];
};

export const simulateRun = (scenario: Scenario = quietScenario, seed = 1): SimulatedRun => {
  const { plan, traffic } = planScenario(scenario, seed);
  const { operations, log } = deliver(traffic.operations, sentBy(scenario));
  const finalState = [
    ...log.map(({ planned: _planned, doneAt: _doneAt, ...row }) => row),
    ...applyAll(log),
    ...laneRows(log, operations),
    ...leaseRows(),
  ];
  const passedAt = new Map(log.map(({ id, doneAt }) => [id, zeroAt + doneAt + applyMs]));
  const endsAt = zeroAt + traffic.durationMs;
  let from = zeroAt;
  const phases = scenario.phases.map(({ name, kind, seconds }) => ({ name, kind: kind as string, from, to: (from += seconds * 1000) }));
  const run: SimulatedRun = {
    plan,
    timeline: {
      zeroAt,
      phases: [...phases, { name: 'drain', kind: 'drain', from: endsAt, to: endsAt + 500 }],
      drainedAt: endsAt + 500,
      drainPending: [],
    },
    operations,
    historyComplete: true,
    reads: scenario.reads === undefined ? null : simulatedReads(scenario.reads, traffic, finalState, zeroAt),
    consumed: null,
    books: simulatedBooks(finalState, passedAt, zeroAt, traffic.durationMs),
    finalState,
    finalStateComplete: true,
    evidence: [],
    signals: null,
    alerts: null,
    machine: machineSamples(zeroAt, traffic.durationMs),
    machineComplete: true,
  };
  return { ...run, signals: signalsOf(run), alerts: alertsOf(run) };
};

const deliver = (
  planned: readonly PlannedOperation[],
  tenantOf: (sent: PlannedOperation) => string,
): { operations: Operation[]; log: Logged[] } => {
  const heads = new Map<number, number>();
  const ids = new Map<number, number>();
  const log: Logged[] = [];
  const operations = planned.map((operation): Operation => {
    const { event, intendedAtMs, expected, poison } = operation;
    const bodySha256 = createHash('sha256').update(operation.idempotencyKey).digest('hex');
    const known = ids.get(event);
    const accepted = expected.status === 200;
    const id = accepted ? (known ?? 1000 + event) : null;
    const doneAt = intendedAtMs + 1 + answerMs;
    if (id !== null && known === undefined) {
      ids.set(event, id);
      const lane = laneOfKey(keyOf(operation));
      const position = (heads.get(lane) ?? 0) + 1;
      heads.set(lane, position);
      const { systemName, objectId, idempotencyKey, sequence } = operation;
      const at = zeroAt + intendedAtMs;
      log.push({
        kind: 'log',
        lane,
        position,
        id,
        tenant: tenantOf(operation),
        systemName,
        objectId,
        eventName: operation.eventName,
        minute: zeroAt,
        idempotencyKey,
        sequence,
        bodySha256,
        receivedAt: at + 1,
        appendedAt: at + 4,
        planned: operation,
        doneAt,
      });
    }
    const { variant: _variant, expected: _expected, intendedAtMs: _intended, ...sent } = operation;
    return {
      ...sent,
      ...(poison === null ? {} : { expected }),
      bodySha256,
      bodyBytes: 250,
      intendedAt: intendedAtMs,
      handedAt: intendedAtMs + 1,
      doneAt,
      outcome: accepted ? 'ok' : 'failed',
      status: expected.status,
      code: expected.code,
      retryAfterSeconds: null,
      id,
      duplicate: accepted ? known !== undefined : null,
    };
  });
  return { operations, log };
};

const laneOfKey = (key: string): number => createHash('sha256').update(key).digest().readUInt8() % lanes;

/** Both processors in log order; timelines wait for a missing sequence, and park a key behind poison. */
const applyAll = (log: readonly Logged[]): FinalRow[] => {
  const rows: FinalRow[] = log.map((row) => ({ ...eventRow(row) }));
  const parkedKeys = new Set<string>();
  const waiting = new Map<string, Map<number, Logged>>();
  const entries = new Map<string, number>();
  const apply = (row: Logged, appliedAt: number): void => {
    const key = keyOf(row);
    const poison = row.planned.poison;
    if (parkedKeys.has(key) || isParkedPoison(poison)) {
      rows.push(parkedRow(row, isParkedPoison(poison) && !parkedKeys.has(key) ? deadLetterReasons[poison] : null, appliedAt));
      parkedKeys.add(key);
      return;
    }
    const entry = (entries.get(key) ?? 0) + 1;
    entries.set(key, entry);
    const { tenant, systemName, objectId, sequence, lane, position } = row;
    rows.push({
      kind: 'timeline-entry',
      tenant,
      systemName,
      objectId,
      entry,
      eventId: row.id,
      eventName: row.planned.eventName,
      sequence,
      lane,
      position,
      appliedAt,
    });
  };
  const due = new Map<string, number>();
  for (const row of log) {
    const appliedAt = zeroAt + row.doneAt + applyMs;
    if (row.sequence === null) {
      apply(row, appliedAt);
      continue;
    }
    const key = keyOf(row);
    const early = waiting.get(key) ?? new Map<number, Logged>();
    waiting.set(key, early.set(row.sequence, row));
    for (let next = due.get(key) ?? 1; early.has(next); next += 1) {
      apply(early.get(next) as Logged, appliedAt);
      due.set(key, next + 1);
    }
  }
  return [...rows, ...countRows(rows)];
};

const eventRow = ({ planned, kind: _kind, appendedAt: _appendedAt, doneAt, ...row }: Logged): FinalRow => ({
  ...row,
  kind: 'event',
  eventName: planned.eventName,
  appliedAt: zeroAt + doneAt + applyMs,
});

const parkedRow = (
  { lane, position, id, tenant, systemName, objectId, idempotencyKey, sequence }: Logged,
  reasonCode: string | null,
  parkedAt: number,
): FinalRow => ({
  kind: 'parked',
  processor: 'timelines',
  lane,
  position,
  id,
  tenant,
  systemName,
  objectId,
  idempotencyKey,
  sequence,
  state: 'parked',
  reasonCode,
  reasonMessage: reasonCode,
  attempts: reasonCode === null ? 0 : 3,
  parkedAt,
});

const countRows = (rows: readonly FinalRow[]): FinalRow[] => {
  const entries = rows.filter((row) => row.kind === 'timeline-entry');
  return [...Map.groupBy(entries, ({ lane, systemName, eventName }) => `${lane}|${systemName}|${eventName}`).values()].map((same) => {
    const { lane, systemName, eventName } = same[0] as RowOf<'timeline-entry'>;
    return { kind: 'count', lane, systemName, eventName, minute: zeroAt, count: same.length };
  });
};

const laneRows = (log: readonly Logged[], operations: readonly Operation[]): FinalRow[] => {
  const applied = applyAll(log);
  const duplicates = Map.groupBy(
    operations.filter(({ duplicate }) => duplicate === true),
    (operation) => laneOfKey(keyOf(operation)),
  );
  return Array.from({ length: lanes }, (_unused, lane): FinalRow[] => {
    const head = log.filter((row) => row.lane === lane).length;
    const entries = applied.filter((row) => row.kind === 'timeline-entry' && row.lane === lane).length;
    const parked = applied.filter((row) => row.kind === 'parked' && row.lane === lane).length;
    const books = (processor: string, effects: number, held: number): FinalRow[] => [
      {
        kind: 'checkpoint',
        processor,
        version: 1,
        lane,
        position: head,
        epoch: 1,
        applied: effects,
        ignored: 0,
        parked: held,
        pending: 0,
        discarded: 0,
        skipped: 0,
        shed: 0,
      },
      { kind: 'recount', processor, version: 1, lane, effects, parked: held, pending: 0 },
    ];
    return [
      { kind: 'lane', lane, head, duplicates: duplicates.get(lane)?.length ?? 0, conflicts: 0 },
      ...books('events', head, 0),
      ...books('timelines', entries, parked),
    ];
  }).flat();
};

export const leaseRow = (row: Partial<RowOf<'lease-event'>>): RowOf<'lease-event'> => ({
  kind: 'lease-event',
  at: zeroAt - 1000,
  event: 'acquired',
  processor: 'timelines',
  version: 1,
  lane: 0,
  epoch: 1,
  owner: workers[0],
  otherOwner: null,
  otherEpoch: null,
  detail: null,
  ...row,
});

const leaseRows = (): FinalRow[] => [
  leaseRow({ processor: '_duties', version: 0, lane: -1, owner: workers[1] }),
  ...processors.flatMap((processor) =>
    Array.from({ length: lanes }, (_unused, lane) => leaseRow({ processor, lane, owner: workers[lane % 2] as string })),
  ),
];

const one = (labels: Record<string, string>, value: number): Series => ({ labels, samples: [[zeroAt / 1000 + 60, value]] });

/** What a truthful telemetry says of this run. */
const canary: SignalsRecord['canary'] = (['before', 'after'] as const).flatMap((when) =>
  (['metric', 'log', 'span'] as const).map((kind) => ({ when, kind, found: true, afterMs: 5 })),
);

export const signalsOf = (run: SimulatedRun): SignalsRecord => {
  const rows = <Kind extends FinalRow['kind']>(kind: Kind): RowOf<Kind>[] =>
    run.finalState.filter((row): row is RowOf<Kind> => row.kind === kind);
  const final = (signal: string, series: Series[]): SignalsRecord['finals'][number] => ({ signal, promql: signal, series });
  const lane = (value: (row: RowOf<'lane'>) => number): Series[] =>
    rows('lane').map((row) => one({ faultline_lane: String(row.lane) }, value(row)));
  const book = (value: (row: RowOf<'checkpoint'>) => number, labels: Record<string, string> = {}): Series[] =>
    rows('checkpoint').map((row) => one({ ...checkpointLabels(row), ...labels }, value(row)));
  const dead = Map.groupBy(
    rows('parked').filter(({ reasonCode }) => reasonCode !== null),
    ({ reasonCode }) => reasonCode as string,
  );
  return {
    exportIntervalMs: 1000,
    budgets: [],
    finals: [
      final(
        'faultline.log.appended',
        lane(({ head }) => head),
      ),
      final(
        'faultline.log.duplicates',
        lane(({ duplicates }) => duplicates),
      ),
      final(
        'faultline.log.conflicts',
        lane(({ conflicts }) => conflicts),
      ),
      final('faultline.accounting.events', [
        ...book(({ applied }) => applied, { faultline_outcome: 'applied' }),
        ...book(({ parked }) => parked, { faultline_outcome: 'parked' }),
        ...book(({ pending }) => pending, { faultline_outcome: 'pending' }),
      ]),
      final(
        'faultline.dead_letters',
        [...dead].map(([reason, list]) => one({ faultline_processor: 'timelines', faultline_reason: reason }, list.length)),
      ),
      final(
        'faultline.accounting.drop',
        book(() => 0),
      ),
      final(
        'faultline.effects.surplus',
        book(() => 0),
      ),
      final(
        'messaging.consumer.lag',
        book(() => 0),
      ),
      final('faultline.ingest.refused', refusedSeries(run)),
    ],
    plots: [
      { name: 'lag', unit: 'events', promql: 'messaging_consumer_lag', series: processors.map((processor) => lagSeries(run, processor)) },
    ],
    canary,
    traces: run.operations.flatMap(({ traceId }) => (traceId === null ? [] : [{ traceId, spans: [], complete: true, missing: [] }])),
    logs: [],
    eventLogs: simulatedEventLogs(run),
    panels: simulatePanels(run.plan.scenario),
    dropped: 0,
  };
};

/** The run with its rows of one kind replaced. */
export const withRows = <Kind extends FinalRow['kind']>(
  run: SimulatedRun,
  kind: Kind,
  change: (rows: readonly RowOf<Kind>[]) => readonly FinalRow[],
): SimulatedRun => {
  const isKind = (row: FinalRow): row is RowOf<Kind> => row.kind === kind;
  return { ...run, finalState: [...run.finalState.filter((row) => !isKind(row)), ...change(run.finalState.filter(isKind))] };
};

export const withOperations = (run: SimulatedRun, change: (operations: readonly Operation[]) => readonly Operation[]): SimulatedRun => ({
  ...run,
  operations: change(run.operations),
});

/** The first item changed, the others as they were. */
export const changeFirst = <Item>(
  items: readonly Item[],
  change: Partial<Item>,
  where: (item: Item) => boolean = () => true,
): readonly Item[] => {
  const index = items.findIndex(where);
  if (index === -1) throw new Error('nothing to change');
  return items.with(index, { ...(items[index] as Item), ...change });
};
