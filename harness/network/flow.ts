// One way of one connection: what comes out of `from` goes into `to`, at once where nothing lies on the link, else when it is due, always in order.
// Bounded: past a limit nothing more is read, so that the sender feels it as it would feel a slow network.
import type { Socket } from 'node:net';
import { createDelayQueue, type Piece } from './delay-queue.ts';
import type { LinkCounts } from './link-counts.ts';
import type { Direction, LinkState } from './link-state.ts';
import type { Timers } from './timers.ts';

export type FlowOptions = {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  readonly state: LinkState;
  readonly counts: LinkCounts;
  readonly timers: Timers;
  /** Looks at each piece before it goes on; what it gives back goes on (empty: nothing). */
  readonly inspect?: (chunk: Buffer) => Buffer;
};

export type Flow = Disposable & {
  /** From now on what comes is thrown away. */
  lose(): void;
};

const mostQueuedBytes = 1024 * 1024;

export const createFlow = (options: FlowOptions): Flow => {
  const { from, to, direction, state, counts, timers } = options;
  const counted = direction === 'up' ? 'bytesUp' : 'bytesDown';
  let [isLost, isFull] = [false, false];
  const goOn = (piece: Piece): void => {
    if (piece === null) return void to.end();
    counts[counted] += piece.length;
    if (!to.writable || to.write(piece)) return takeMore();
    isFull = true;
    from.pause();
  };
  /** What waits goes on by its own time, and nothing else may ever happen here: then this alone reads again what was left to the sender. */
  const takeMore = (): void => {
    if (from.isPaused() && !isFull && queue.bytes() < mostQueuedBytes / 2) from.resume();
  };
  const queue = createDelayQueue({ timers, mayGoOn: () => !isFull && !state.isHeld(), isAtOnce: state.isClear, goOn });
  const pump = (): void => {
    queue.pump();
    takeMore();
  };
  const delay = (piece: Piece, dueAt: number): void => {
    if (dueAt > timers.now() || state.isHeld()) counts.delayed += 1;
    queue.put(piece, dueAt);
    if (queue.bytes() >= mostQueuedBytes) from.pause();
  };
  const mayPass = (): boolean => queue.isEmpty() && !isFull && state.isClear();
  const onData = (chunk: Buffer): void => {
    if (isLost) return void (counts.bytesLost += chunk.length);
    const data = options.inspect === undefined ? chunk : options.inspect(chunk);
    if (data.length === 0) return;
    if (mayPass()) goOn(data);
    else delay(data, state.dueAt(direction, data.length, timers.now()));
  };
  const onEnd = (): void => {
    const delayMs = state.closeDelayMs();
    if (delayMs > 0) counts.closesDelayed += 1;
    if (isLost) return;
    if (mayPass()) goOn(null);
    else delay(null, state.dueAt(direction, 0, timers.now()) + delayMs);
  };
  const onDrain = (): void => {
    isFull = false;
    pump();
  };
  const stopListening = state.onChange(pump);
  from.on('data', onData).on('end', onEnd);
  to.on('drain', onDrain);
  return {
    lose: () => {
      isLost = true;
      counts.bytesLost += queue.drop();
      from.resume();
    },
    [Symbol.dispose]: () => {
      queue[Symbol.dispose]();
      stopListening();
    },
  };
};
