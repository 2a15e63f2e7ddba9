// A lane whose workers died without progress goes one event at a time and counts each attempt durably before user code runs, so that an event
// that kills the process is known by the process after it.
import type { LogEvent } from '../stream/stream.ts';
import { Fenced, type CallHandler } from './call-handler.ts';
import type { Tenure } from './checkpoint.ts';
import type { Attempt, LaneStore } from './lane-store.ts';
import type { SurvivedAttempts } from './survived-attempts.ts';
import { lonelyCrashes } from './thread-context.ts';

export type CarefulOptions<Effect> = {
  readonly tenure: Tenure;
  readonly store: Pick<LaneStore, 'noteAttempt' | 'takeOffAttempts'>;
  readonly call: CallHandler<Effect>;
  readonly attempt: Attempt;
  readonly survivedAttempts: Pick<SurvivedAttempts, 'of' | 'noted'>;
  /** Positions that this unit of work may handle: the event, and the early ones that it may drain. */
  readonly unit: ReadonlySet<number>;
};

export const createCarefulHandler = <Effect>(options: CarefulOptions<Effect>): CallHandler<Effect> => {
  const { tenure, store, call, attempt, survivedAttempts, unit } = options;
  /** Where the last death was later in this unit, what comes before it was survived then: counting it would overwrite what is known. */
  const survived = ({ position }: LogEvent) => attempt.position !== null && attempt.position !== position && unit.has(attempt.position);
  return async (event) => {
    if (survived(event)) return call(event);
    const noted = await store.noteAttempt(tenure, event.position);
    if ('fenced' in noted) throw new Fenced(noted.fenced);
    const deaths = noted.count - survivedAttempts.of(tenure, event.position);
    survivedAttempts.noted(tenure, event.position, (count) => store.takeOffAttempts(tenure, event.position, count));
    if (deaths <= lonelyCrashes) return call(event);
    const message = `The process died ${lonelyCrashes} times with this event alone in hand.`;
    return { failure: { code: 'handler_crashed_process', message, errorType: null } };
  };
};
