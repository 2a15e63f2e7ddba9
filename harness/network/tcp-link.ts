// A TCP proxy for one link: it listens on loopback, joins whoever comes with the far end, and lets the effects that lie on the link act on all of it.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TcpEffect } from '../scenario/faults/network-fault.ts';
import { createCommitSwallower } from './commit-swallower.ts';
import { createLinkCounts, type LinkCounts } from './link-counts.ts';
import { createLinkState } from './link-state.ts';
import { joinSockets, type Joint } from './join-sockets.ts';
import type { Timers } from './timers.ts';

export type TcpLinkOptions = {
  readonly to: { readonly host: string; readonly port: number };
  /** `postgres`: its messages are read, so that an answer to COMMIT can be told. */
  readonly protocol: 'tcp' | 'postgres';
  readonly timers: Timers;
};

export type TcpLink = AsyncDisposable & {
  readonly port: number;
  apply(id: number, effect: TcpEffect, seed: number): void;
  /** Takes an effect away; false: it did not lie on the link. */
  clear(id: number): boolean;
  counts(): LinkCounts;
  farPorts(): FarPorts;
};

/** Ports of this end, by which the far end knows its sessions. */
export type FarPorts = {
  /** From which it is connected at the moment. */
  readonly open: readonly number[];
  /** From which it was connected where the answer to a commit was thrown away, in the order of the commits. */
  readonly swallowed: readonly number[];
};

/** Rejects where no port can be had. */
export const openTcpLink = async ({ to, protocol, timers }: TcpLinkOptions): Promise<TcpLink> => {
  const [state, counts, joints] = [createLinkState(), createLinkCounts(), new Set<Joint>()];
  let [refusedUntil, swallowed] = [0, 0];
  const swallowedPorts: number[] = [];
  const cutAll = (how: 'cut' | 'reset'): void => joints.forEach((joint) => joint.cut(how));
  const swallower = (joint: () => Joint) =>
    createCommitSwallower({
      rule: () => {
        const effect = state.swallowing();
        return effect === null || swallowed >= effect.times ? null : effect;
      },
      onSwallowed: () => {
        swallowed += 1;
        counts.commitsSwallowed += 1;
        const port = joint().farPort();
        if (port !== null) swallowedPorts.push(port);
        const refuseForMs = state.swallowing()?.refuseForMs ?? 0;
        refusedUntil = timers.now() + refuseForMs;
        if (refuseForMs > 0) cutAll('cut');
        else joint().cut('cut');
      },
    });
  const refuses = (): boolean => state.has('cut') || timers.now() < refusedUntil;
  const accept = (near: Socket): void => {
    near.on('error', () => undefined);
    if (refuses()) {
      counts.refused += 1;
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...to, noDelay: true, allowHalfOpen: true });
    const inspector = protocol === 'postgres' ? swallower(() => joint) : null;
    const joint: Joint = joinSockets({ near, far, state, counts, timers, inspector, onGone: () => joints.delete(joint) });
    joints.add(joint);
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    apply: (id, effect, seed) => {
      if (effect.effect === 'swallow-commit') swallowed = 0;
      state.add(id, effect, seed);
      if (effect.effect === 'cut' || effect.effect === 'reset') cutAll(effect.effect);
      if (effect.effect === 'half-open') joints.forEach((joint) => joint.halfOpen());
    },
    clear: (id) => {
      const was = state.remove(id);
      if (state.swallowing() === null) refusedUntil = 0;
      if (!state.has('half-open')) joints.forEach((joint) => joint.endHalfOpen());
      return was;
    },
    counts: () => ({ ...counts, open: joints.size }),
    farPorts: () => ({ open: [...joints].flatMap((joint) => joint.farPort() ?? []), swallowed: [...swallowedPorts] }),
    [Symbol.asyncDispose]: () => close(server, () => cutAll('reset')),
  };
};

const close = async (server: Server, cutAll: () => void): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  cutAll();
  await closed;
};
