// What most faults have in common: they take effect, are looked for in the target, last for a while, are taken away whatever happens, and are looked
// for again. The steps say how; the order and the honesty are here.
import { explain } from '../engine/errors.ts';
import type { FaultEvidence } from '../engine/run-data.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { FaultContext } from './fault.ts';
import type { Observations } from './observations.ts';

/** One look at the target: whether it is so, and what was seen. */
export type Look = { readonly is: boolean; readonly source: string; readonly observed: string; readonly data?: unknown };

export type TimedSteps = {
  /** Takes effect. Rejects only with nothing left behind; what it gives takes the effect away again. */
  inject(): Promise<AsyncDisposable>;
  /** Is it felt? Asked again until it is, within the fault's time. */
  look(): Promise<Look>;
  /** Is it gone? Asked again until it is, for a few seconds. */
  lookAfter(): Promise<Look>;
};

type Timed = { readonly name: string; readonly kind: string; readonly seconds: number };

const everyMs = 100;
const goneWithinMs = 5000;

export const runTimed = async (
  fault: Timed,
  context: Pick<FaultContext, 'clock' | 'signal'>,
  observations: Observations,
  steps: TimedSteps,
): Promise<FaultEvidence> => {
  const { clock, signal } = context;
  const injectedAt = clock.now();
  const wound = await steps.inject();
  const endsAt = clock.now() + fault.seconds * 1000;
  const tookEffect = await see(steps.look, 'took effect', observations, { clock, signal, withinMs: fault.seconds * 1000, everyMs });
  await clock.sleep(endsAt - clock.now(), signal);
  const isHealed = await heal(wound, observations);
  const healedAt = clock.now();
  const isGone = await see(steps.lookAfter, 'was gone', observations, { clock, withinMs: goneWithinMs, everyMs });
  const healed = isHealed && isGone;
  const { name, kind } = fault;
  return { fault: name, kind, injectedAt, healedAt: healed ? healedAt : null, tookEffect, healed, observations: observations.all };
};

/** A look that fails is no proof of anything: it says why, and counts as not seen. */
const see = async (
  look: () => Promise<Look>,
  what: string,
  observations: Observations,
  bound: Parameters<typeof waitUntil>[2],
): Promise<boolean> => {
  const safely = (): Promise<Look> =>
    look().catch((error: unknown) => ({
      is: false,
      source: 'harness',
      observed: `whether it ${what} could not be seen: ${explain(error)}`,
    }));
  const { done, last } = await waitUntil(safely, ({ is }) => is, bound);
  observations.add(last.source, last.observed, last.data);
  return done;
};

const heal = async (wound: AsyncDisposable, observations: Observations): Promise<boolean> => {
  try {
    await wound[Symbol.asyncDispose]();
    return true;
  } catch (error) {
    observations.add('harness', `it could not be taken away: ${explain(error)}`, { event: 'healing-failed' });
    return false;
  }
};
