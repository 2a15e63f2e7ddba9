// What becomes of one datagram under the effects that lie on a link. Drawn from the seed, one draw an effect and datagram, so that the n-th datagram
// has the same fate in every run.
import type { DatagramEffect } from '../scenario/faults/datagram-fault.ts';
import { createRandom, type Random } from '../traffic/random.ts';

export type Fate = {
  /** 0: lost. */
  readonly copies: number;
  readonly delayMs: number;
  /** Which bit is turned over; null: none. */
  readonly corruptBit: number | null;
};

export type ActiveDatagramEffect = { readonly effect: DatagramEffect; readonly random: Random };

export const activeDatagramEffect = (effect: DatagramEffect, seed: number): ActiveDatagramEffect => ({
  effect,
  random: createRandom(seed, `datagrams/${effect.effect}`),
});

export const fateOf = (active: Iterable<ActiveDatagramEffect>, bytes: number): Fate => {
  let [copies, delayMs, corruptBit] = [1, 0, null as number | null];
  for (const { effect, random } of active) {
    const [isHit, detail] = [random.chance(effect.share), random.unit()];
    if (!isHit) continue;
    if (effect.effect === 'loss') copies = 0;
    else if (effect.effect === 'duplicate') copies = copies === 0 ? 0 : 2;
    else if (effect.effect === 'reorder') delayMs += detail * effect.withinMs;
    else if (bytes > 0) corruptBit = Math.min(bytes * 8 - 1, Math.floor(detail * bytes * 8));
  }
  return { copies, delayMs, corruptBit };
};

/** A copy with one bit turned over. */
export const corrupt = (datagram: Buffer, bit: number): Buffer => {
  const damaged = Buffer.from(datagram);
  damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return damaged;
};
