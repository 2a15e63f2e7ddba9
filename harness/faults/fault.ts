// What a fault is: it takes effect on a running target, is healed whatever happens, and hands back evidence from the target.
import type { Clock } from '../engine/clock.ts';
import type { FaultEvidence } from '../engine/run-data.ts';
import type { ImportedLine } from '../history/imported-line.ts';
import type { Fault } from '../scenario/scenario.ts';
import type { RunningTarget, VictimProcess } from '../targets/target.ts';

export type ConsumerVictims = {
  processes(): readonly VictimProcess[];
  /** Starts another process in the place of one that has ended. Rejects where one still runs there. */
  restart(index: number): Promise<VictimProcess>;
};

export type FaultContext = {
  readonly target: RunningTarget;
  /** Those who consume elsewhere; left out: nobody does. */
  readonly consumers?: ConsumerVictims;
  readonly clock: Clock;
  /** Aborts when the run is interrupted: the fault then heals what would outlive the run and returns. */
  readonly signal: AbortSignal;
  /** A line for the reader who watches. */
  readonly note: (text: string) => void;
  /** The run's, mixed with the fault's name: all that a fault draws comes from it. */
  readonly seed: number;
  /** Lines of a file that a client of the fault was told are there: they go into the history. */
  readonly promise: (lines: readonly ImportedLine[]) => void;
  /** Starts a program of the harness that the fault needs; the reaper knows it, and what it burns counts as ours. */
  readonly startHelper: StartFaultHelper;
  /** Written down before a fault strikes at what is no process of the run: the command that heals it, should the harness be killed. */
  readonly promiseHealing: (command: readonly string[]) => void;
};

export type FaultHelper = AsyncDisposable & {
  readonly pid: number;
  readonly exited: Promise<unknown>;
};

/** Resolves when it has said that it is ready. Whoever starts it disposes it. */
export type StartFaultHelper = (options: {
  readonly role: string;
  readonly program: string;
  readonly args: readonly string[];
}) => Promise<FaultHelper>;

/** Runs one fault from injection to verified healing. Resolves with evidence also where it took no effect; never leaves anything unhealed. */
export type FaultRunner<Kind extends Fault['kind'] = Fault['kind']> = (
  fault: Extract<Fault, { readonly kind: Kind }>,
  context: FaultContext,
) => Promise<FaultEvidence>;

export type FaultRegistry = { readonly [Kind in Fault['kind']]: FaultRunner<Kind> };
