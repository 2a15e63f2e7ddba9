// A fault and its proof: on a small target of its own it is there while it is on and gone after, by a measurement that is not the fault's own; and where
// the injection does nothing, it claims no effect.
import { systemClock } from '../../../engine/clock.ts';
import { waitUntil } from '../../../engine/wait-until.ts';
import type { FaultContext } from '../../../faults/fault.ts';
import { createRunFault, faults } from '../../../faults/registry.ts';
import { openFaultWorld } from '../../../faults/testing/fault-world.ts';
import type { Fault } from '../../../scenario/scenario.ts';
import type { RunningTarget } from '../../../targets/target.ts';
import type { Half, ToolCase } from '../tool-case.ts';

/** What a fault is shown on. */
export type Stage = AsyncDisposable & {
  readonly target: RunningTarget;
  /** Whether it is felt at the moment, measured apart from the fault's own evidence. Left out: the kernel's figures, which are its evidence, are all there is. */
  readonly isFelt?: () => Promise<boolean>;
  /** In place of the context's own. */
  readonly context?: Partial<FaultContext>;
};

export type FaultCase = {
  /** As `faultNames` has it. */
  readonly of: string;
  /** Where a fault has several cases. */
  readonly variant?: string;
  readonly red: Half;
  readonly green: Half;
} & Pick<ToolCase, 'isSlow' | 'isPatient' | 'lacks'>;

type Show = { readonly fault: Fault; readonly open: () => Promise<Stage> };

export const moment = { phase: 'only', afterSeconds: 0 } as const;
const runFault = createRunFault(faults);
const goneWithinMs = 5000;

export const seenOnAndGoneAfter = ({ fault, open }: Show): Half => ({
  what: 'it is there while it is on, and gone after',
  show: async () => {
    await using world = await openFaultWorld();
    await using stage = await open();
    const { isFelt = null } = stage;
    const before = (await isFelt?.()) ?? false;
    const running = runFault(fault, { ...world.context(stage.target), ...stage.context });
    const during = isFelt === null || (await isFeltDuring(isFelt, running));
    const { tookEffect, healed, observations } = await running;
    const after = isFelt !== null && !(await isGone(isFelt));
    const evidence = `evidence: ${tookEffect}, healed: ${healed}`;
    const felt = isFelt === null ? observations[0]?.observed : `felt before: ${before}, while on: ${during}, after: ${after}`;
    return { asItMust: !before && during && !after && tookEffect && healed, said: `${evidence}; ${felt}` };
  },
});

/** Over and over, until it is felt or the fault is over. */
const isFeltDuring = async (isFelt: () => Promise<boolean>, running: Promise<unknown>): Promise<boolean> => {
  let isOver = false;
  const end = (): void => void (isOver = true);
  running.then(end, end);
  const bound = { clock: systemClock, withinMs: Infinity, everyMs: 10 };
  const { last } = await waitUntil(
    async () => ({ felt: await isFelt(), isOver }),
    ({ felt, isOver: over }) => felt || over,
    bound,
  );
  return last.felt;
};

const isGone = async (isFelt: () => Promise<boolean>): Promise<boolean> =>
  (await waitUntil(isFelt, (felt) => !felt, { clock: systemClock, withinMs: goneWithinMs, everyMs: 50 })).done;

type ShowNothing = Show & {
  /** With which words it may refuse instead: that is to claim nothing, too. Any other failure proves nothing. */
  readonly refusal?: RegExp;
};

/** `what`: why the injection does nothing. */
export const claimsNothing = (what: string, { fault, open, refusal }: ShowNothing): Half => ({
  what,
  show: async () => {
    await using world = await openFaultWorld();
    await using stage = await open();
    try {
      const { tookEffect, observations } = await runFault(fault, { ...world.context(stage.target), ...stage.context });
      return { asItMust: !tookEffect, said: `effect claimed: ${tookEffect}; ${observations[0]?.observed}` };
    } catch (error) {
      return { asItMust: refusal?.test(String(error)) === true, said: `refused: ${String(error)}` };
    }
  },
});
