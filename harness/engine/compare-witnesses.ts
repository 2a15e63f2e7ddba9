// The two witnesses side by side: what the history, settled by the read-back, says of each quantity, and what the telemetry's last raw samples say of the same.
// Raw cumulative values at quiescence, never increase(). Accounted signals must be equal; observed ones may lack what a killed process had not exported yet.
import { countRows } from '../history/columns/row-list.ts';
import { indexOf, processors, type RowOf, type Rows, type RunIndex } from '../history/run-index.ts';
import { erasedUnanswered, isErased } from '../history/erased-events.ts';
import { isImported } from '../history/imported-line.ts';
import { checkpointAttempts, wasHeard } from '../history/consumed-history.ts';
import type { Operation } from '../history/operation.ts';
import { roleOf } from '../scenario/faults/role-of.ts';
import type { ProcessRole } from '../scenario/process-role.ts';
import type { FaultEvidence, RunData, Series, SignalsRecord } from './run-data.ts';

export type Comparison = {
  /** Which check it belongs to: `agreement/<topic>`. */
  readonly topic: Topic;
  readonly signal: string;
  readonly history: number;
  /** null: the telemetry has no sample of it, which is never 0. */
  readonly telemetry: number | null;
  readonly tolerance: string;
  readonly agrees: boolean;
};

export const topics = [
  'appended',
  'duplicates',
  'conflicts',
  'applied',
  'parked',
  'pending',
  'dead-letters',
  'drop',
  'effect-surplus',
  'final-lag',
  'refusals',
  'consumer-lag',
  'consumer-checkpoints',
] as const;
export type Topic = (typeof topics)[number];

/** The names in the target's signal catalogue. */
const names = {
  appended: 'faultline.log.appended',
  duplicates: 'faultline.log.duplicates',
  conflicts: 'faultline.log.conflicts',
  events: 'faultline.accounting.events',
  deadLetters: 'faultline.dead_letters',
  drop: 'faultline.accounting.drop',
  surplus: 'faultline.effects.surplus',
  lag: 'messaging.consumer.lag',
  refused: 'faultline.ingest.refused',
  consumerLag: 'faultline.consumer.lag',
  consumerCheckpoints: 'faultline.consumer.checkpoints',
} as const;

type Range = { readonly lowest: number; readonly highest: number };
type Labels = Readonly<Record<string, string>>;

export const compareWitnesses = (run: RunData): readonly Comparison[] => {
  const { signals } = run;
  if (signals === null) return [];
  const index = indexOf(run);
  return [
    within('appended', names.appended, settledEvents(index), sumOf(signals, names.appended)),
    within('duplicates', names.duplicates, duplicateAnswers(index), sumOf(signals, names.duplicates)),
    within('conflicts', names.conflicts, conflictAnswers(run), sumOf(signals, names.conflicts)),
    ...processors.flatMap((processor) => compareBooks(processor, index, signals)),
    ...compareDeadLetters(index, signals),
    exact('drop', names.drop, 0, absoluteSumOf(signals, names.drop)),
    exact('effect-surplus', names.surplus, 0, absoluteSumOf(signals, names.surplus)),
    ...processors.map((processor) =>
      exact(
        'final-lag',
        labelled(names.lag, { processor }),
        remaining(index, processor),
        sumOf(signals, names.lag, { faultline_processor: processor }),
      ),
    ),
    ...missingRows(index, signals),
    ...compareRefusals(run, signals),
    ...compareConsumerLag(index, signals),
    ...compareConsumerCheckpoints(run, signals),
  ];
};

const exact = (topic: Topic, signal: string, history: number, telemetry: number | null): Comparison => ({
  topic,
  signal,
  history,
  telemetry,
  tolerance: 'exact',
  agrees: telemetry === history,
});

/** Where deliveries ended unknown the history leaves a range, and the telemetry must lie in it; one that was cut off leaves it open above. */
const within = (
  topic: Topic,
  signal: string,
  { lowest, highest }: Range,
  telemetry: number | null,
  why = 'deliveries of unknown outcome',
): Comparison => ({
  topic,
  signal,
  history: lowest,
  telemetry,
  tolerance: lowest === highest ? 'exact' : `${inWords({ lowest, highest })}, for ${why}`,
  agrees: telemetry !== null && telemetry >= lowest && telemetry <= highest,
});

const inWords = ({ lowest, highest }: Range): string => (highest === Infinity ? `${lowest} or more` : `${lowest} to ${highest}`);

const labelled = (signal: string, labels: Labels): string =>
  `${signal}{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;

const seriesOf = (signals: SignalsRecord, signal: string, labels: Labels): readonly Series[] =>
  signals.finals
    .filter((final) => final.signal === signal && final.error === undefined)
    .flatMap(({ series }) => series)
    .filter((series) => series.samples.length > 0 && Object.entries(labels).every(([name, value]) => series.labels[name] === value));

const lastOf = ({ samples }: Series): number => samples.at(-1)?.[1] ?? Number.NaN;

const sumOf = (
  signals: SignalsRecord,
  signal: string,
  labels: Labels = {},
  of: (value: number) => number = (value) => value,
): number | null => {
  const series = seriesOf(signals, signal, labels);
  return series.length === 0 ? null : series.reduce((sum, each) => sum + of(lastOf(each)), 0);
};

/** A plus on one lane must not hide a minus on another. */
const absoluteSumOf = (signals: SignalsRecord, signal: string): number | null => sumOf(signals, signal, {}, Math.abs);

/** Acknowledged events, and those of unknown outcome that the read-back found; it can't find those of them that were erased since. */
const settledEvents = (index: RunIndex): Range => {
  const { events, isLogged } = index;
  const lowest = countRows(events, ({ outcome, first }) => outcome === 'ok' || (outcome === 'unknown' && isLogged(first)));
  const unanswered = erasedUnanswered(index);
  if (unanswered === 0) return { lowest, highest: lowest };
  const inDoubt = countRows(events, ({ outcome, first }) => outcome === 'unknown' && !isLogged(first));
  return { lowest, highest: lowest + Math.min(inDoubt, unanswered) };
};

/** Every delivery that reached a commit beyond the one that appended the event. Of events that were erased without an answer it may be any. */
export const duplicateAnswers = (index: RunIndex): Range => {
  const { events, isLogged, erased } = index;
  const unanswered = erasedUnanswered(index);
  const inDoubt: number[] = [];
  let lowest = 0;
  let highest = 0;
  for (const event of events) {
    const isThere = isLogged(event.first) || isErased(event, erased);
    if (!isThere && (unanswered === 0 || event.outcome !== 'unknown')) continue;
    const { operations } = event;
    const ok = operations.filter(({ outcome }) => outcome === 'ok').length;
    const unknown = operations.filter(({ outcome }) => outcome === 'unknown').length;
    const most = Math.max(0, ok + unknown - 1);
    if (isThere) {
      lowest += Math.max(0, ok - 1);
      highest += most;
    } else if (most > 0) inDoubt.push(most);
  }
  for (const most of inDoubt.toSorted((left, right) => right - left).slice(0, unanswered)) highest += most;
  return { lowest, highest };
};

const conflictAnswers = ({ operations }: RunData): Range => {
  const conflicts = countRows(operations, ({ code }) => code === 'idempotency_conflict');
  const unknown = countRows(operations, ({ outcome, delivery }) => outcome === 'unknown' && delivery === 'duplicate');
  return { lowest: conflicts, highest: conflicts + unknown };
};

const perRow = { drop: names.drop, 'effect-surplus': names.surplus, 'final-lag': names.lag } as const;

/** A sum of what series there are hides one that is not there: each checkpoint of the target must have its own. What history expects of it is known, its value is not. */
const missingRows = ({ rows, effects }: RunIndex, signals: SignalsRecord): Comparison[] =>
  (Object.entries(perRow) as [keyof typeof perRow, string][]).flatMap(([topic, signal]) => {
    const there = new Set(seriesOf(signals, signal, {}).map(({ labels }) => checkpointName(labels)));
    // With none at all the sum above says so already.
    if (there.size === 0) return [];
    return (
      rows.checkpoint
        // What a team's own processor wrote is not counted by the target.
        .filter(({ processor }) => topic !== 'effect-surplus' || effects.has(processor))
        // The lag of a version that nobody reads is told under another name.
        .filter(({ isRead }) => topic !== 'final-lag' || isRead !== false)
        .map((row) => ({ row, labels: labelsOf(row) }))
        .filter(({ labels }) => !there.has(checkpointName(labels)))
        .map(({ row, labels: { faultline_processor: processor, faultline_processor_version: version, faultline_lane: lane } }) =>
          exact(
            topic,
            labelled(signal, { processor, version, lane }),
            topic === 'final-lag' ? headOf(rows, row.lane) - row.position : 0,
            null,
          ),
        )
    );
  });

const labelsOf = ({ processor, version, lane }: RowOf<'checkpoint'>) => ({
  faultline_processor: processor,
  faultline_processor_version: String(version),
  faultline_lane: String(lane),
});

const checkpointName = (labels: Labels): string =>
  [labels['faultline_processor'], labels['faultline_processor_version'], labels['faultline_lane']].join('/');

const headOf = ({ lane: lanes }: Rows, lane: number): number => lanes.find((row) => row.lane === lane)?.head ?? 0;

const compareBooks = (processor: string, { rows, effects }: RunIndex, signals: SignalsRecord): Comparison[] => {
  const counted = {
    applied: effects.get(processor)?.size ?? 0,
    parked: rows.parked.filter((row) => row.processor === processor).length,
    pending: rows.pending.filter((row) => row.processor === processor).length,
  };
  return (['applied', 'parked', 'pending'] as const).map((outcome) =>
    exact(
      outcome,
      labelled(names.events, { processor, outcome }),
      counted[outcome],
      sumOf(signals, names.events, { faultline_processor: processor, ...readVersionOf(processor, rows), faultline_outcome: outcome }),
    ),
  );
};

/** Where there are versions beside the one that is read, only that one is read back row by row. */
const readVersionOf = (processor: string, { checkpoint }: Rows): Labels => {
  const own = checkpoint.filter((row) => row.processor === processor);
  const read = own.find(({ isRead }) => isRead === true);
  return read === undefined || own.every(({ isRead }) => isRead !== false) ? {} : { faultline_processor_version: String(read.version) };
};

/** By reason, for every reason that either witness knows. With none on either side there is no series to compare, and nothing is claimed. */
const compareDeadLetters = ({ rows }: RunIndex, signals: SignalsRecord): Comparison[] => {
  const dead = Map.groupBy(
    rows.parked.filter(({ reasonCode, state }) => reasonCode !== null && state === 'parked'),
    ({ reasonCode }) => reasonCode as string,
  );
  const reasons = new Set([...dead.keys(), ...labelValues(signals, names.deadLetters, 'faultline_reason')]);
  return [...reasons].map((reason) =>
    exact(
      'dead-letters',
      labelled(names.deadLetters, { reason }),
      dead.get(reason)?.length ?? 0,
      sumOf(signals, names.deadLetters, { faultline_reason: reason }),
    ),
  );
};

const labelValues = (signals: SignalsRecord, signal: string, label: string): string[] =>
  seriesOf(signals, signal, {}).flatMap(({ labels }) => labels[label] ?? []);

const remaining = ({ rows }: RunIndex, processor: string): number => {
  const heads = rows.lane.reduce((sum, { head }) => sum + head, 0);
  return rows.checkpoint
    .filter((row) => row.processor === processor && row.isRead !== false)
    .reduce((left, { position }) => left - position, heads);
};

type Refused = { readonly code: string; readonly tenant?: string };

/** Answered at admission with one of the stable codes; by tenant too where there are tenants, so that one's are not taken for another's. A conflict is found at commit, and counted there. */
const compareRefusals = (run: RunData, signals: SignalsRecord): Comparison[] => {
  const refused = run.operations.filter(
    ({ status, code, outcome }) => status !== null && outcome === 'failed' && code !== null && code !== 'idempotency_conflict',
  );
  const byCode = Map.groupBy(refused, ({ code }) => code as string);
  const seen = labelValues(signals, names.refused, 'error_code').filter(
    (code) => (sumOf(signals, names.refused, { error_code: code }) ?? 0) > 0,
  );
  const codes = new Set([...byCode.keys(), ...seen.filter((code) => code !== 'idempotency_conflict' && code !== 'commit_unknown')]);
  return [...codes].flatMap((code) => {
    const answers = byCode.get(code) ?? [];
    return [{ code }, ...tenantsRefused(run, signals, code, answers)].map((of) => compareRefused(of, answers, run, signals));
  });
};

/** Those that either witness knows; none where somebody was refused before it was known whose the request was. The system of an event is its tenant. */
const tenantsRefused = ({ plan }: RunData, signals: SignalsRecord, code: string, answers: readonly Operation[]): readonly Refused[] => {
  const { tenants = [] } = plan.scenario.traffic;
  const series = seriesOf(signals, names.refused, { error_code: code });
  if (series.some((each) => each.labels['faultline_tenant'] === undefined && lastOf(each) > 0)) return [];
  const known = new Set([...series.map(({ labels }) => labels['faultline_tenant']), ...answers.map(({ systemName }) => systemName)]);
  return tenants.filter(({ name }) => known.has(name)).map(({ name }) => ({ code, tenant: name }));
};

const compareRefused = ({ code, tenant }: Refused, ofCode: readonly Operation[], run: RunData, signals: SignalsRecord): Comparison => {
  const isMeant = ({ systemName }: Operation): boolean => tenant === undefined || systemName === tenant;
  const answers = ofCode.filter(isMeant);
  const unanswered = countRows(
    run.operations,
    (each) => each.status === null && each.outcome === 'unknown' && isMeant(each) && !isImported(each),
  );
  const lost = answers.filter(({ doneAt }) => mayBeUnexported(run, signals, 'ingest', run.timeline.zeroAt + doneAt)).length;
  const comparison = within(
    'refusals',
    labelled(names.refused, tenant === undefined ? { code } : { code, tenant }),
    { lowest: answers.length - lost, highest: answers.length + unanswered },
    sumOf(signals, names.refused, { error_code: code, ...(tenant === undefined ? {} : { faultline_tenant: tenant }) }),
    'answers lost, or counts that a killed process had not exported',
  );
  return { ...comparison, history: answers.length };
};

/** By the end of the run, of each consumer. */
const compareConsumerLag = ({ rows }: RunIndex, signals: SignalsRecord): Comparison[] =>
  [...Map.groupBy(rows['consumer-lane'], ({ consumer }) => consumer)].map(([consumer, lanes]) =>
    exact(
      'consumer-lag',
      labelled(names.consumerLag, { consumer }),
      lanes.reduce((sum, { head, position }) => sum + head - position, 0),
      sumOf(signals, names.consumerLag, { faultline_consumer: consumer }),
    ),
  );

/** By outcome, for every outcome that either witness knows; what nobody was told of may be any of them. */
const compareConsumerCheckpoints = (run: RunData, signals: SignalsRecord): Comparison[] => {
  if (run.consumed === null) return [];
  const { rows, complete } = run.consumed;
  const attempts = checkpointAttempts(rows).filter(wasHeard);
  const [told, untold] = [attempts.filter(({ outcome }) => outcome !== null), attempts.filter(({ outcome }) => outcome === null)];
  const byOutcome = Map.groupBy(told, ({ outcome }) => outcome as string);
  const outcomes = new Set([...byOutcome.keys(), ...labelValues(signals, names.consumerCheckpoints, 'faultline_outcome')]);
  return [...outcomes].map((outcome) => {
    const same = byOutcome.get(outcome) ?? [];
    const lost = same.filter(({ answeredAt }) => mayBeUnexported(run, signals, 'query', answeredAt)).length;
    const telemetry = sumOf(signals, names.consumerCheckpoints, { faultline_outcome: outcome });
    const range = { lowest: same.length - lost, highest: complete ? same.length + untold.length : Infinity };
    const signal = labelled(names.consumerCheckpoints, { outcome });
    const why = complete ? 'answers lost, or counts that a killed process had not exported' : 'records that are not whole';
    return { ...within('consumer-checkpoints', signal, range, telemetry, why), history: same.length };
  });
};

/** Two export intervals before a process of this role was killed: what it counted then may never have left it. */
const mayBeUnexported = ({ plan, evidence }: RunData, { exportIntervalMs }: SignalsRecord, of: ProcessRole, at: number): boolean =>
  evidence.some((entry) => {
    const role = roleOf(plan.scenario.faults.find(({ name }) => name === entry.fault));
    return role === of && deathsIn(entry).some((death) => at <= death + 1000 && at >= death - 2 * exportIntervalMs);
  });

const deadly = ['kill', 'crash-loop', 'slow-start', 'clock', 'bad-release'];

/** The blow, and every death after the first that the system reported. */
const deathsIn = ({ kind, injectedAt, tookEffect, observations }: FaultEvidence): readonly number[] => {
  if (!tookEffect || !deadly.includes(kind)) return [];
  const [first = injectedAt, ...later] = observations
    .filter(({ data }) => (data as { event?: unknown } | undefined)?.event === 'exited')
    .map(({ at }) => at);
  return [Math.min(first, injectedAt), ...later];
};
