// Tells the stack once a second what the run is about, for dashboard "Run". It never holds the run up, and no verdict rests on it.
import type { Clock } from '../engine/clock.ts';
import type { DriverProgress } from '../engine/parts.ts';
import type { Phase } from '../scenario/scenario.ts';
import { createExports, type SendOtlp } from './exports.ts';
import { createMomentQueue } from './moment-queue.ts';
import { drainPhase, phaseMoments } from './moments.ts';
import type { NarrationScope } from './otlp-json.ts';
import type { RunState } from './run-state.ts';

export type NarratorOptions = {
  readonly scope: NarrationScope;
  readonly phases: readonly Phase[];
  /** Ascending, in milliseconds from the zero. */
  readonly intendedAtMs: readonly number[];
  readonly clock: Clock;
  readonly everyMs: number;
  readonly send: SendOtlp;
};

export type Narrator = AsyncDisposable & {
  begin(zeroAt: number): void;
  heard(progress: DriverProgress): void;
  faultBegins(name: string, text: string): void;
  faultNoted(name: string, text: string): void;
  /** `healedAt`: null where healing was not seen. */
  faultEnds(name: string, healedAt: number | null): void;
  /** Ends the drain and exports once more; sends nothing after that. Resolves with why exports failed: empty where none did. */
  end(): Promise<readonly string[]>;
};

/** More than any scenario has; what a silent stack would let pile up stays small. */
const mostWaiting = 1_000;

export const createNarrator = ({ scope, phases, intendedAtMs, clock, everyMs, send }: NarratorOptions): Narrator => {
  const queue = createMomentQueue(mostWaiting);
  const stop = new AbortController();
  let state: Omit<RunState, 'exportFailures'> = { phases, intendedAtMs, zeroAt: null, isOver: false, progress: null, faultsAtWork: 0 };
  const exports = createExports({ scope, clock, everyMs, send, queue, state: () => state });
  const following = exports.follow(stop.signal);
  const end = async (): Promise<readonly string[]> => {
    if (stop.signal.aborted) return exports.failures;
    stop.abort();
    await following;
    if (state.zeroAt !== null) queue.add({ atMs: clock.now(), what: 'phase', moment: 'end', name: drainPhase, text: 'phase drain ends' });
    state = { ...state, isOver: true };
    await exports.once();
    return exports.failures;
  };
  return {
    begin: (zeroAt) => {
      state = { ...state, zeroAt };
      queue.plan(phaseMoments(phases, zeroAt));
    },
    heard: (progress) => void (state = { ...state, progress }),
    faultBegins: (name, text) => {
      state = { ...state, faultsAtWork: state.faultsAtWork + 1 };
      queue.add({ atMs: clock.now(), what: 'fault', moment: 'begin', name, text: `fault ${name} begins: ${text}` });
    },
    faultNoted: (name, text) => queue.add({ atMs: clock.now(), what: 'fault', moment: 'note', name, text: `fault ${name}: ${text}` }),
    faultEnds: (name, healedAt) => {
      state = { ...state, faultsAtWork: state.faultsAtWork - 1 };
      const text = healedAt === null ? `fault ${name} ends, and was not seen to heal` : `fault ${name} ends, healed`;
      queue.add({ atMs: healedAt ?? clock.now(), what: 'fault', moment: 'end', name, text });
    },
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
};
