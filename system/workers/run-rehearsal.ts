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
  const { decisions, isEnough } = await decide(task, context, parked);
  const byPosition = new Map(decisions.map((decision) => [decision.event.position, decision]));
  // Of those that were not come to nothing is known; a replay goes on with them by itself.
  const tried = isEnough ? parked.filter(({ position }) => byPosition.has(position)) : parked;
  const events = tried.map((event) => rehearsed(event, byPosition.get(event.position), fixes.get(event.position)));
  return { ...idleReport(0, startedAtMs), rehearsal: { events, more: parked.length === parkedLimit || tried.length < parked.length } };
};

const withFix = (event: ParkedEvent, fixed: Fixed | undefined): ParkedEvent =>
  fixed?.outcome === 'changed' ? { ...event, body: fixed.body } : event;

/** `isEnough`: user code took as long as it may in one go, and the rest was not tried. */
type Decided<Effect> = { readonly decisions: readonly Decision<Effect>[]; readonly isEnough: boolean };

/** Until the database takes what is left: an event that it refuses fails, and what is behind that one waits. */
const decide = async <Effect>(
  task: RehearseTask,
  context: ThreadContext<Effect>,
  parked: readonly ParkedEvent[],
): Promise<Decided<Effect>> => {
  const known = new Map(task.known.map(({ position, failure }) => [position, failure]));
  if (context.processor.own !== undefined) return decideInside({ task, context, parked, known }, context.processor.own);
  for (;;) {
    const { delivered } = await deliverParked({ task, context, parked, known });
    const applied = delivered.decisions.filter((decision) => decision.kind === 'applied');
    if (applied.length === 0) return { decisions: delivered.decisions, isEnough: false };
    // Rows that the lane shares are locked for a moment: by turns with its live flow, as for a write.
    await context.mayWrite();
    const refused = await context.store.findRefused(applied, context.processor.apply);
    if (refused.size === 0) return { decisions: delivered.decisions, isEnough: false };
    for (const [position, failure] of refused) known.set(position, failure);
  }
};

/** By turns with the lane's live flow from the start: user code writes as it goes, in a transaction that is rolled back. */
const decideInside = async <Effect>(rehearsing: Parameters<typeof deliverParked<Effect>>[0], rules: OwnRules): Promise<Decided<Effect>> => {
  const { context } = rehearsing;
  await context.mayWrite();
  let decided: Decided<Effect> = { decisions: [], isEnough: false };
  await context.store.rehearse<Effect>(async (transactions) => {
    rules.use(transactions, true);
    rules.begin();
    const { decisions, cut } = (await deliverParked(rehearsing)).delivered;
    decided = { decisions, isEnough: cut === 'enough' };
    return null;
  });
  return decided;
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
