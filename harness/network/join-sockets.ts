// One connection through a link: two sockets that belong together, and all that can be done to the pair.
import type { Socket } from 'node:net';
import type { CommitSwallower } from './commit-swallower.ts';
import { createFlow } from './flow.ts';
import type { LinkCounts } from './link-counts.ts';
import type { LinkState } from './link-state.ts';
import type { Timers } from './timers.ts';

export type Joint = {
  /** Of the connection to the far end, at this end: by it the far end knows the session. null: not connected. */
  farPort(): number | null;
  /** `cut`: what was sent still arrives, then both ends hear of the end. `reset`: at once, by RST. */
  cut(how: 'cut' | 'reset'): void;
  /** The far end goes away by RST; the near end is told nothing, and what it sends is lost. */
  halfOpen(): void;
  /** The near end of one whose far end has gone hears of it at last. */
  endHalfOpen(): void;
};

export type JointOptions = {
  readonly near: Socket;
  readonly far: Socket;
  readonly state: LinkState;
  readonly counts: LinkCounts;
  readonly timers: Timers;
  readonly inspector: CommitSwallower | null;
  readonly onGone: () => void;
};

export const joinSockets = ({ near, far, state, counts, timers, inspector, onGone }: JointOptions): Joint => {
  const shared = { state, counts, timers };
  let isHalfOpen = false;
  const up = createFlow({ ...shared, from: near, to: far, direction: 'up', ...(inspector === null ? {} : { inspect: lookOn(inspector) }) });
  const down = createFlow({
    ...shared,
    from: far,
    to: near,
    direction: 'down',
    ...(inspector === null ? {} : { inspect: inspector.down }),
  });
  const gone = (): void => {
    up[Symbol.dispose]();
    down[Symbol.dispose]();
    onGone();
  };
  /** A socket that went by an error takes the other along by RST; one that ended both ways lets what is queued arrive. */
  const follow = (from: Socket, other: Socket) => (hadError: boolean) => {
    if (from === far && isHalfOpen) return;
    if (hadError) reset(other);
    if (near.destroyed && far.destroyed) gone();
    else if (from === near && !hadError && near.destroyed) far.end();
  };
  far.once('connect', () => (counts.connections += 1));
  far.on('error', () => {
    if (far.connecting || far.bytesRead + far.bytesWritten === 0) counts.refused += 1;
  });
  near.on('close', follow(near, far));
  far.on('close', follow(far, near));
  return {
    farPort: () => far.localPort ?? null,
    cut: (how) => {
      counts[how] += 1;
      for (const socket of [near, far]) {
        if (how === 'reset') reset(socket);
        else socket.destroy();
      }
    },
    halfOpen: () => {
      if (isHalfOpen) return;
      isHalfOpen = true;
      counts.halfOpened += 1;
      up.lose();
      down.lose();
      reset(far);
    },
    endHalfOpen: () => {
      if (!isHalfOpen) return;
      reset(near);
    },
  };
};

/**
 * Node can't reset a socket whose FIN is just being sent (EINVAL), and then loses its handle: it stays open, its end is told to nobody, and the loop polls
 * it for ever. So after the FIN, a turn of the loop later.
 */
const reset = (socket: Socket): void => {
  const isFinishing = !socket.destroyed && socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (isFinishing) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
};

const lookOn =
  (inspector: CommitSwallower) =>
  (chunk: Buffer): Buffer => {
    inspector.up(chunk);
    return chunk;
  };
