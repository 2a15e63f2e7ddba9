// The effects that lie on a link at the moment, and what they mean together for a piece of data. Several overlap: delays add up, the narrowest bandwidth counts.
import type { TcpEffect, Way } from '../scenario/faults/network-fault.ts';
import { createRandom, type Random } from '../traffic/random.ts';

export type Direction = 'up' | 'down';

type Active = { readonly id: number; readonly effect: TcpEffect; readonly random: Random };

export type LinkState = {
  add(id: number, effect: TcpEffect, seed: number): void;
  /** False: there was none of that id. */
  remove(id: number): boolean;
  /** Nothing lies on the link: data may go on at once. */
  isClear(): boolean;
  has(effect: TcpEffect['effect']): boolean;
  /** Data of this way stays where it is. */
  isHeld(): boolean;
  /** When a piece of this size that came at `now` may go on. */
  dueAt(direction: Direction, bytes: number, now: number): number;
  closeDelayMs(): number;
  swallowing(): Extract<TcpEffect, { readonly effect: 'swallow-commit' }> | null;
  /** Calls back after every change; gives the way to stop that. */
  onChange(listener: () => void): () => void;
};

const lies = (way: Way | undefined, direction: Direction): boolean => way === undefined || way === 'both' || way === direction;

export const createLinkState = (): LinkState => {
  const active = new Map<number, Active>();
  const listeners = new Set<() => void>();
  /** Until when the bandwidth of a way is spoken for. */
  const busyUntil = { up: 0, down: 0 };
  const tell = (): void => listeners.forEach((listener) => listener());
  const has = (wanted: TcpEffect['effect']): boolean => [...active.values()].some(({ effect }) => effect.effect === wanted);
  return {
    add: (id, effect, seed) => {
      active.set(id, { id, effect, random: createRandom(seed, `network/${effect.effect}`) });
      tell();
    },
    remove: (id) => {
      const was = active.delete(id);
      busyUntil.up = 0;
      busyUntil.down = 0;
      tell();
      return was;
    },
    isClear: () => active.size === 0,
    has,
    isHeld: () => has('black-hole'),
    dueAt: (direction, bytes, now) => {
      const sentAt = afterBandwidth(active.values(), direction, bytes, now, busyUntil);
      return sentAt + delayOf(active.values(), direction);
    },
    closeDelayMs: () => Math.max(0, ...[...active.values()].map(({ effect }) => (effect.effect === 'slow-close' ? effect.delayMs : 0))),
    swallowing: () => {
      for (const { effect } of active.values()) if (effect.effect === 'swallow-commit') return effect;
      return null;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const delayOf = (active: Iterable<Active>, direction: Direction): number => {
  let delayMs = 0;
  for (const { effect, random } of active) {
    if (effect.effect === 'latency' && lies(effect.way, direction)) delayMs += effect.latencyMs + random.unit() * (effect.jitterMs ?? 0);
  }
  return delayMs;
};

const afterBandwidth = (
  active: Iterable<Active>,
  direction: Direction,
  bytes: number,
  now: number,
  busyUntil: Record<Direction, number>,
): number => {
  let perSecond = Infinity;
  for (const { effect } of active) {
    if (effect.effect === 'bandwidth' && lies(effect.way, direction)) perSecond = Math.min(perSecond, effect.bytesPerSecond);
  }
  if (perSecond === Infinity) return now;
  busyUntil[direction] = Math.max(now, busyUntil[direction]) + (bytes / perSecond) * 1000;
  return busyUntil[direction];
};
