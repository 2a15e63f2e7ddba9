// A lane whose workers died without progress goes one event at a time and counts each attempt durably before user code runs, so that an event
// that kills the process is known by the process after it.
import type { LogEvent } from '../stream/stream.ts';
import { Fenced, type CallHandler } from './call-handler.ts';
import type { Tenure } from './checkpoint.ts';
import { countAttempt, inheritAttempt } from './count-attempt.ts';
import type { Failure } from './failure.ts';
import type { Attempt, LaneStore } from './lane-store.ts';
import type { SurvivedAttempts } from './survived-attempts.ts';
import type { KnownFailure } from './thread-protocol.ts';

/** Positions that the task has counted, with the conviction of one that is not called: where it decides anew, as a value was refused, nothing has died meanwhile. */
export type CountedAttempts = Map<number, Failure | null>;

export type CarefulOptions<Effect> = {
  readonly tenure: Tenure;
  readonly store: Pick<LaneStore, 'attempt' | 'noteAttempt' | 'countedAttempts' | 'takeOffAttempts'>;
  readonly call: CallHandler<Effect>;
  readonly attempt: Attempt;
  readonly survivedAttempts: Pick<SurvivedAttempts, 'of' | 'noted' | 'inherited'>;
  /** Positions that this unit of work may handle: the event, and the early ones that it may drain. */
  readonly unit: ReadonlySet<number>;
  readonly counted: CountedAttempts;
  /** Whose failure was known before the task: user code is not called for them. */
  readonly known: ReadonlyMap<number, Pick<KnownFailure, 'isTakenOff'>>;
};

export const createCarefulHandler = <Effect>(options: CarefulOptions<Effect>): CallHandler<Effect> => {
  const { tenure, store, call, attempt, survivedAttempts, unit, counted, known } = options;
  /** Where the last death was later in this unit, what comes before it was survived then: counting it would overwrite what is known. */
  const survived = ({ position }: LogEvent) => attempt.position !== null && attempt.position !== position && unit.has(attempt.position);
  const place = { tenure, store, survived: survivedAttempts };
  return async (event) => {
    const conviction = counted.get(event.position);
    if (conviction) return { failure: conviction };
    if (conviction === null || survived(event)) return call(event);
    counted.set(event.position, null);
    const failed = known.get(event.position);
    if (failed !== undefined) {
      if (failed.isTakenOff !== true) inheritAttempt(place, event.position);
      return call(event);
    }
    // Each is counted once, so that what was stored at first is what was stored before it.
    const noted = await countAttempt(place, event.position, attempt);
    if ('fenced' in noted) throw new Fenced(noted.fenced);
    counted.set(event.position, noted.conviction);
    return noted.conviction === null ? call(event) : { failure: noted.conviction };
  };
};
