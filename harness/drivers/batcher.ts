// Gathers what a client sends together: a batch goes when it is full, or when its first event has waited long enough.
import type { BatchPolicy } from '../scenario/scenario.ts';

export type BatcherOptions<Item> = {
  readonly policy: BatchPolicy;
  /** In whatever unit `most` has; where it is left out, only the number of items bounds a batch. */
  readonly weight?: { readonly of: (item: Item) => number; readonly most: number };
  /** One that goes first in a batch of its own making. */
  readonly mustBeFirst?: (item: Item) => boolean;
  readonly send: (items: readonly Item[]) => void;
  /** Calls once, after so many milliseconds; disposing takes it back. */
  readonly after: (ms: number, call: () => void) => Disposable;
};

export type Batcher<Item> = {
  add(item: Item): void;
  /** Sends what is gathered, full or not. */
  flush(): void;
};

export const createBatcher = <Item>({ policy, weight, mustBeFirst, send, after }: BatcherOptions<Item>): Batcher<Item> => {
  let items: Item[] = [];
  let heavy = 0;
  let timer: Disposable | null = null;
  const flush = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
    if (items.length === 0) return;
    const batch = items;
    [items, heavy] = [[], 0];
    send(batch);
  };
  return {
    add: (item) => {
      const added = weight?.of(item) ?? 0;
      if (mustBeFirst?.(item) === true || (weight !== undefined && heavy + added > weight.most)) flush();
      items.push(item);
      heavy += added;
      if (items.length >= policy.size) flush();
      else timer ??= after(policy.lingerMs, flush);
    },
    flush,
  };
};

/** By the process's own timers. */
export const timerAfter = (ms: number, call: () => void): Disposable => {
  const timer = setTimeout(call, ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
};
