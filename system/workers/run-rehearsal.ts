// What would become of a parked key if it were replayed now: user code runs and effects are tried in a transaction that is rolled back. Nothing is written.
import type { RehearsedEvent } from '../contract/recovery.ts';
import { applyFix, type Fixed } from '../recovery/apply-fix.ts';
import { rehearsedFix } from '../recovery/rehearsed-fix.ts';
import type { Decision } from './deliver.ts';
import type { ParkedEvent } from './lane-store.ts';
import type { OwnRules } from './own-rules.ts';
import { idleReport } from './report.ts';
import { deliverParked, orderOf } from './run-parked.ts';
import { parkedLimit, type ThreadContext } from './thread-context.ts';
import type { RehearseTask, Report } from './thread-protocol.ts';

export const runRehearsal = async <Effect>(task: RehearseTask, context: ThreadContext<Effect>): Promise<Report> => {
  const startedAtMs = context.nowMs();
  const stored = await context.store.loadParked(task.tenure, task.key, parkedLimit, context.maxBytes, orderOf(context));
  const fixes = new Map(task.fix === null ? [] : stored.map((event) => [event.position, applyFix(event.body, task.fix!)]));
  const parked = stored.map((event) => withFix(event, fixes.get(event.position)));
  const decisions = await decide(task, context, parked);
  const byPosition = new Map(decisions.map((decision) => [decision.event.position, decision]));
  const events = parked.map((event) => rehearsed(event, byPosition.get(event.position), fixes.get(event.position)));
  return { ...idleReport(0, startedAtMs), rehearsal: { events, more: parked.length === parkedLimit } };
};

const withFix = (event: ParkedEvent, fixed: Fixed | undefined): ParkedEvent =>
  fixed?.outcome === 'changed' ? { ...event, body: fixed.body } : event;

/** Until the database takes what is left: an event that it refuses fails, and what is behind that one waits. */
const decide = async <Effect>(task: RehearseTask, context: ThreadContext<Effect>, parked: readonly ParkedEvent[]) => {
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  if (context.processor.own !== undefined) return decideInside({ task, context, parked, known }, context.processor.own);
  for (;;) {
    const { delivered } = await deliverParked({ task, context, parked, known });
    const applied = delivered.decisions.filter((decision) => decision.kind === 'applied');
    if (applied.length === 0) return delivered.decisions;
    // Rows that the lane shares are locked for a moment: by turns with its live flow, as for a write.
    await context.mayWrite();
    const refused = await context.store.findRefused(applied, context.processor.apply);
    if (refused.size === 0) return delivered.decisions;
    for (const [position, failure] of refused) known.set(position, failure);
  }
};

/** By turns with the lane's live flow from the start: user code writes as it goes, in a transaction that is rolled back. */
const decideInside = async <Effect>(rehearsing: Parameters<typeof deliverParked<Effect>>[0], rules: OwnRules) => {
  const { context } = rehearsing;
  await context.mayWrite();
  let decisions: readonly Decision<Effect>[] = [];
  await context.store.rehearse<Effect>(async (transactions) => {
    rules.use(transactions, true);
    rules.begin();
    ({ decisions } = (await deliverParked(rehearsing)).delivered);
    return null;
  });
  return decisions;
};

const would = {
  applied: 'be_applied',
  ignored: 'be_ignored',
  skipped: 'be_skipped',
  early: 'wait_for_its_predecessor',
  behind: 'wait_behind',
  failed: 'fail',
  // Never from the park.
  shed: 'be_skipped',
} as const;

const rehearsed = (event: ParkedEvent, decision: Decision<unknown> | undefined, fixed: Fixed | undefined): RehearsedEvent => ({
  position: event.position,
  id: event.id,
  would: would[decision?.kind ?? 'behind'],
  ...(decision?.kind === 'failed' && { reason: { code: decision.failure.code, message: decision.failure.message } }),
  ...rehearsedFix(fixed ?? null),
});
