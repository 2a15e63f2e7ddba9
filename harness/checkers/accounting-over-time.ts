// Promise 4 at every instant: in each sample of the books, one snapshot of all lanes, the checkpoint is the sum of its terms, nothing went back, nothing is ahead of
// the head, and the books claim no more than the rows that were there by then. At the end alone a drop that was made up for later would hide.
import type { RunData } from '../engine/run-data.ts';
import { type BookRow, type BookSample, bookTerms } from '../history/book-sample.ts';
import { indexOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/accounting-over-time';
/** One sample a second is asked for; a database that a fault has stopped answers none. */
const enoughShare = 0.3;
/** Processors commit asynchronously: what they did in the last moments before the database crashed is done again from the log. */
/** Three times PostgreSQL's wal_writer_delay are lost at most, 0.6 s; the rest is for the time from the signal to the end of the server. */
const redoneWithinMs = 1500;
const growing = ['position', 'head', 'epoch', 'applied'] as const;

export const accountingOverTime = (run: RunData): CheckResult | readonly CheckResult[] => {
  const { books } = run;
  const index = indexOf(run);
  if (books === null) {
    // A target that keeps no books can't be asked for them over time either: nothing is claimed.
    if (index.rows.checkpoint.length === 0) return [];
    return conclude(id, 'inconclusive', 'The books were not sampled while the run went on.');
  }
  const findings = createFindings();
  const known = run.finalStateComplete ? timesOf(index) : null;
  const crashes = databaseCrashesOf(run);
  const isRedone = ({ at }: BookSample): boolean => crashes.some((crash) => Math.abs(crash - at) <= redoneWithinMs);
  let before = new Map<string, BookRow>();
  let mayGoBack = false;
  for (const sample of books.rows) {
    const undone = isRedone(sample);
    for (const row of sample.rows)
      checkRow(row, before.get(nameOf(row)), { sample, known, undone, kept: mayGoBack ? ['head', 'epoch'] : growing }, findings);
    before = new Map(sample.rows.map((row) => [nameOf(row), row]));
    mayGoBack = undone;
  }
  const needed = Math.floor(playedSeconds(run) * enoughShare);
  const measured = { value: books.rows.length, unit: 'samples', bound: `>= ${needed}` };
  if (findings.total === 0 && (books.rows.length < needed || books.rows.length === 0 || !books.complete))
    return conclude(id, 'inconclusive', `The books were sampled ${books.rows.length} times; ${needed} are needed.`, { measured });
  return concludeFrom(id, findings, {
    good: `In each of ${books.rows.length} samples the books of every lane added up, and claimed nothing that was not there by then.`,
    bad: `The books were wrong in ${findings.total} places while the run went on.`,
    measured,
  });
};

const nameOf = ({ processor, version, lane }: BookRow): string => `${processor}@${version}, lane ${lane}`;

/** When a fault made the database end as in a crash. Read from the plan: who struck by accident is not excused. */
const databaseCrashesOf = ({ plan, evidence }: RunData): readonly number[] => {
  const isCrash = (name: string): boolean =>
    plan.scenario.faults.some(
      (fault) => fault.name === name && fault.kind === 'database' && fault.effect === 'restart' && fault.how === 'immediate',
    );
  return evidence.filter(({ fault }) => isCrash(fault)).map(({ injectedAt }) => injectedAt);
};

const playedSeconds = ({ timeline: { zeroAt, phases } }: RunData): number =>
  (Math.max(zeroAt, ...phases.filter(({ kind }) => kind !== 'drain').map(({ to }) => to)) - zeroAt) / 1000;

/** By lane, and by processor and lane: when rows came to be, sorted. */
type Times = {
  readonly appended: ReadonlyMap<number, Float64Array>;
  readonly applied: ReadonlyMap<string, Float64Array>;
  /** Of events that were erased in the end, by lane: when they came into the log, before which nothing can have applied them. */
  readonly erased: ReadonlyMap<number, Float64Array>;
  /** Versions, as `processor/version`. */
  readonly unread: ReadonlySet<string>;
};

const timesOf = ({ rows, effects, erased }: RunIndex): Times => ({
  erased: sortedBy(erased.size === 0 ? [] : [...rows.log].filter(({ id: event }) => erased.has(event)), ({ lane, appendedAt: at }) => ({
    lane,
    at,
  })),
  unread: new Set(rows.checkpoint.filter(({ isRead }) => isRead === false).map(({ processor, version }) => `${processor}/${version}`)),
  appended: sortedBy(rows.log, ({ lane, appendedAt: at }) => ({ lane, at })),
  applied: new Map(
    effectsByProcessor(rows, effects).flatMap(([processor, made]) =>
      [...sortedBy(made, ({ lane, appliedAt: at }) => ({ lane, at }))].map(([lane, times]) => [`${processor}/${lane}`, times] as const),
    ),
  ),
});

type Made = { readonly lane: number; readonly appliedAt: number };

const effectsByProcessor = (rows: RunIndex['rows'], effects: RunIndex['effects']): readonly (readonly [string, readonly Made[]])[] => [
  ...[...effects].map(([processor, of]) => [processor, [...of.entries()].map(([, row]) => row)] as const),
  ...Map.groupBy(rows['own-effect'], ({ processor }) => processor),
];

const sortedBy = <Row>(
  rows: Iterable<Row>,
  of: (row: Row) => { readonly lane: number; readonly at: number },
): Map<number, Float64Array> => {
  const times = new Map<number, number[]>();
  for (const row of rows) {
    const { lane, at } = of(row);
    const same = times.get(lane);
    if (same === undefined) times.set(lane, [at]);
    else same.push(at);
  }
  return new Map([...times].map(([lane, same]) => [lane, Float64Array.from(same).sort()]));
};

type Against = {
  readonly sample: BookSample;
  readonly known: Times | null;
  /** What processors have done may be undone after this sample. */
  readonly undone: boolean;
  /** What may not go back. */
  readonly kept: readonly (typeof growing)[number][];
};

const checkRow = (row: BookRow, before: BookRow | undefined, against: Against, findings: Findings): void => {
  const { known, undone, kept } = against;
  const { at } = against.sample;
  const shown = { facts: { at, books: row, ...(before === undefined ? {} : { before }) } };
  const sum = bookTerms.reduce((total, term) => total + row[term], 0);
  if (sum !== row.position)
    findings.add(
      `${nameOf(row)}: the checkpoint was ${row.position}, but its terms summed up to ${sum} (drop ${row.position - sum})`,
      shown,
    );
  if (row.position > row.head) findings.add(`${nameOf(row)}: the checkpoint ${row.position} was ahead of the head ${row.head}`, shown);
  for (const field of kept)
    if (before !== undefined && reached(row, field) < reached(before, field))
      findings.add(`${nameOf(row)}: ${field} went back from ${before[field]} to ${row[field]}`, shown);
  if (known === null) return;
  const appended = countUpTo(known.appended.get(row.lane), at);
  if (row.head > appended) findings.add(`${nameOf(row)}: the head was ${row.head}, but ${appended} rows had been appended`, shown);
  // Rows of a version that nobody reads are not read back.
  if (undone || known.unread.has(`${row.processor}/${row.version}`)) return;
  // Of what was erased by the end the rows are gone, though the books may have had them.
  const applied = countUpTo(known.applied.get(`${row.processor}/${row.lane}`), at) + countUpTo(known.erased.get(row.lane), at);
  if (row.applied > applied) findings.add(`${nameOf(row)}: the books had ${row.applied} applied, but ${applied} rows were there`, shown);
};

/** An event that was applied and is erased is skipped from then on. */
const reached = (row: BookRow, field: (typeof growing)[number]): number => row[field] + (field === 'applied' ? row.skipped : 0);

/** How many of the sorted times are at or before `time`. */
const countUpTo = (times: Float64Array | undefined, time: number): number => {
  let [low, high] = [0, times?.length ?? 0];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times?.[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
};
