// One batch of a team's own processor in a handler thread. Its user code writes in the transaction that moves the checkpoint: the checkpoint is locked and
// compared first, then events are handled one by one, each with what it wrote kept or undone as a whole, then everything is committed together.
import { createCallHandler } from './call-handler.ts';
import { countAttempt, inheritAttempt } from './count-attempt.ts';
import { decideBatch, loadBatch, type Batch, type Decided, type LoadedBatch } from './decide-batch.ts';
import type { Delivered } from './deliver.ts';
import type { Failure } from './failure.ts';
import { isLostAnswer } from './lost-answer.ts';
import type { OwnRules } from './own-rules.ts';
import { fencedReport, idleReport, makeReport, unheardReport } from './report.ts';
import type { ThreadContext } from './thread-context.ts';
import type { BatchTask, DrainTask, FailureNote, Report } from './thread-protocol.ts';

/** Keys with an early event that is due, of one drain. */
const dueKeysLimit = 50;
const firstRead = 100;
/** The next read is as large as what the last transaction could take. */
const reads = new WeakMap<OwnRules, number>();

export const runOwn = async <Effect>(task: BatchTask | DrainTask, context: ThreadContext<Effect>, rules: OwnRules): Promise<Report> => {
  const startedAtMs = context.nowMs();
  // From the start: what it reads must not be changed by work on the park, which would wait for its transaction all the same.
  await context.mayWrite();
  const batch = await readBatch(task, context, rules);
  if (batch === null) return idleReport(task.position, startedAtMs);
  const loaded = narrow(task, await loadBatch(batch));
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  if (task.carefulUntil !== null) {
    const fenced = await noteBefore(batch, loaded, known);
    if (fenced !== null) return fencedReport(task.position, fenced, startedAtMs);
  }
  const report = await settleBatch(batch, loaded, rules, known, startedAtMs);
  if (task.carefulUntil !== null && report.delivered === 0) await takeOff(batch, loaded, rules, known);
  return batch.keys?.length === dueKeysLimit ? { ...report, moreDue: true } : report;
};

const readBatch = async <Effect>(
  task: BatchTask | DrainTask,
  context: ThreadContext<Effect>,
  rules: OwnRules,
): Promise<Batch<Effect> | null> => {
  if (task.kind === 'drain') {
    const keys = await context.store.loadKeysWithDueEarly(task.tenure, task.carefulUntil === null ? dueKeysLimit : 1);
    return keys.length === 0 ? null : { task, context, events: [], keys };
  }
  const limit = task.carefulUntil === null ? Math.min(task.limit, reads.get(rules) ?? firstRead) : 1;
  const events = await context.stream.read(task.tenure.lane, task.position, limit, context.maxBytes);
  return events.length === 0 ? null : { task, context, events };
};

/** One event at a time: what it drains follows by itself, with an attempt of its own. */
const narrow = ({ kind, carefulUntil }: BatchTask | DrainTask, { keys, early }: LoadedBatch): LoadedBatch => {
  if (carefulUntil === null) return { keys, early };
  return { keys, early: new Map(kind === 'batch' ? [] : [...early].slice(0, 1)) };
};

/** Durably, before user code runs: inside of the transaction it would be rolled back by the very death that it is to tell of. */
const noteBefore = async <Effect>({ task, context, events }: Batch<Effect>, { early }: LoadedBatch, known: Map<number, Failure>) => {
  const place = { tenure: task.tenure, store: context.store, survived: context.survived };
  for (const { position } of [...events, ...early.values()]) {
    const failed = task.known.find((one) => one.position === position);
    if (failed !== undefined) {
      // User code is not called for it.
      if (failed.isTakenOff !== true) inheritAttempt(place, position);
      continue;
    }
    const noted = await countAttempt(place, position, await context.store.attempt(task.tenure));
    if ('fenced' in noted) return noted.fenced;
    if (noted.conviction !== null) known.set(position, noted.conviction);
  }
  return null;
};

/**
 * Nothing came of it, and this process lives: it was no death, and whoever looks next, be it another thread, must not count it as one. Where the processor is to
 * stand still before an event that kills, what it is accused of is kept by the lane that runs here alone: the next start tries it again, as the code may be mended.
 */
const takeOff = async <Effect>(
  { task, context, events }: Batch<Effect>,
  { early }: LoadedBatch,
  { action }: OwnRules,
  known: ReadonlyMap<number, Failure>,
) => {
  for (const { position } of [...events, ...early.values()]) {
    const isAccused = action === 'stop' && known.get(position)?.code === 'handler_crashed_process';
    if (isAccused) await context.store.takeOffAttempts(task.tenure, position, null);
    else await context.survived.undone();
  }
};

const settleBatch = async <Effect>(
  batch: Batch<Effect>,
  loaded: LoadedBatch,
  rules: OwnRules,
  known: ReadonlyMap<number, Failure>,
  startedAtMs: number,
): Promise<Report> => {
  const { task, context } = batch;
  const handle = createCallHandler(context.processor, context.progress, known);
  let decided: Decided<Effect> | null = null;
  const settledFromMs = context.nowMs();
  const settled = await context.store
    .decide(task.tenure, task.position, async (transactions) => {
      rules.use(transactions);
      rules.begin();
      decided = await decideBatch(batch, { ...loaded, handle });
      return decided.delivered.decisions.length === 0 ? null : decided.settlement;
    })
    .catch((error: unknown) => {
      if (isLostAnswer(error) && decided !== null) {
        const parts = partsOf(decided, startedAtMs, settledFromMs, context.nowMs());
        context.unheard(withStop(unheardReport(task, parts), decided.delivered));
      }
      throw error;
    });
  // Assigned in the callback, which the compiler can't see.
  const made = decided as Decided<Effect> | null;
  if (settled === null || made === null) return nothingDone(task, made?.delivered ?? null, settled, startedAtMs);
  const { delivered } = made;
  note(rules, task, batch.events.length, delivered);
  return withStop(makeReport({ ...partsOf(made, startedAtMs, settledFromMs, context.nowMs()), settled }), delivered);
};

const partsOf = <Effect>(
  { delivered, settlement, position }: Decided<Effect>,
  startedAtMs: number,
  settledFromMs: number,
  endedAtMs: number,
) => {
  const { decisions, moreDue } = delivered;
  return { decisions, settlement, position, blocked: blockedBy(delivered), moreDue, startedAtMs, settledFromMs, endedAtMs };
};

const withStop = <Effect>(report: Report, delivered: Delivered<Effect>): Report => ({
  ...report,
  failures: [...report.failures, ...stopNote(delivered)],
});

/** Nothing could be handled, or the lane is not what it was. */
const nothingDone = <Effect>(
  task: BatchTask | DrainTask,
  delivered: Delivered<Effect> | null,
  settled: { readonly outcome: Report['outcome']; readonly found: NonNullable<Report['found']> } | null,
  startedAtMs: number,
): Report => {
  if (settled !== null) return { ...idleReport(settled.found.position, startedAtMs), outcome: settled.outcome, found: settled.found };
  if (delivered === null) return idleReport(task.position, startedAtMs);
  return { ...idleReport(task.position, startedAtMs, blockedBy(delivered)), moreDue: delivered.moreDue, failures: stopNote(delivered) };
};

const note = <Effect>(rules: OwnRules, task: BatchTask | DrainTask, read: number, { cut, count }: Delivered<Effect>) => {
  if (task.kind === 'drain' || task.carefulUntil !== null) return;
  const last = reads.get(rules) ?? firstRead;
  if (cut === 'enough') reads.set(rules, Math.max(20, Math.min(last, count)));
  else if (cut === null && read >= last) reads.set(rules, last * 2);
};

const blockedBy = <Effect>({ cut }: Delivered<Effect>): Report['blocked'] => {
  if (cut === 'stopped') return 'handler_stopped';
  return cut === 'early_full' || cut === 'park_full' ? cut : null;
};

/** Its processor stands still before it: told with each try, and no dead letter. */
const stopNote = <Effect>({ stoppedBy }: Delivered<Effect>): FailureNote[] => {
  if (stoppedBy === null) return [];
  const { id, position, traceparent, systemName, objectId } = stoppedBy.event;
  return [{ key: { systemName, objectId }, position, id, failure: stoppedBy.failure, attempts: 1, end: 'stopped', traceparent }];
};
