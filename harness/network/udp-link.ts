// A UDP proxy for one link: what comes goes on to the far end, lost, late, twice or damaged as the seed says. Answers of the far end go back untouched.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { DatagramEffect } from '../scenario/faults/datagram-fault.ts';
import { createDatagramCounts, type DatagramCounts } from './datagram-counts.ts';
import { activeDatagramEffect, type ActiveDatagramEffect, corrupt, fateOf } from './datagram-fate.ts';
import type { Address } from './protocol.ts';
import type { Timers } from './timers.ts';

export type UdpLink = AsyncDisposable & {
  readonly port: number;
  apply(id: number, effect: DatagramEffect, seed: number): void;
  clear(id: number): boolean;
  counts(): DatagramCounts;
};

/** Each sender gets a socket of its own towards the far end, as behind a NAT; so many at most, the oldest goes first. */
const mostSenders = 1024;

export const openUdpLink = async ({ to, timers }: { readonly to: Address; readonly timers: Timers }): Promise<UdpLink> => {
  const near = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  const [senders, active, late] = [new Map<string, Socket>(), new Map<number, ActiveDatagramEffect>(), new Set<Disposable>()];
  const counts = createDatagramCounts();
  near.on('error', () => undefined);
  const farOf = (sender: RemoteInfo): Socket => {
    const name = `${sender.address}:${sender.port}`;
    const known = senders.get(name);
    if (known !== undefined) return known;
    const far = createSocket('udp4');
    far.on('message', (answer) => near.send(answer, sender.port, sender.address, () => undefined));
    far.on('error', () => undefined);
    senders.set(name, far);
    if (senders.size > mostSenders) forgetOldest(senders);
    return far;
  };
  const forward = (far: Socket, data: Buffer): void => {
    counts.sent += 1;
    far.send(data, to.port, to.host, () => undefined);
  };
  near.on('message', (datagram, sender) => {
    counts.received += 1;
    const fate = fateOf(active.values(), datagram.length);
    if (fate.copies === 0) counts.lost += 1;
    if (fate.copies > 1) counts.duplicated += 1;
    if (fate.delayMs > 0) counts.reordered += 1;
    if (fate.corruptBit !== null && fate.copies > 0) counts.corrupted += 1;
    const data = fate.corruptBit === null ? datagram : corrupt(datagram, fate.corruptBit);
    const far = farOf(sender);
    const act = (): void => {
      for (let copy = 0; copy < fate.copies; copy += 1) forward(far, data);
    };
    if (fate.delayMs === 0) return act();
    const timer = timers.after(fate.delayMs, () => {
      late.delete(timer);
      act();
    });
    late.add(timer);
  });
  near.bind(0, '127.0.0.1');
  await once(near, 'listening');
  return {
    port: near.address().port,
    apply: (id, effect, seed) => void active.set(id, activeDatagramEffect(effect, seed)),
    clear: (id) => active.delete(id),
    counts: () => ({ ...counts }),
    [Symbol.asyncDispose]: async () => {
      late.forEach((timer) => timer[Symbol.dispose]());
      for (const socket of [near, ...senders.values()]) socket.close();
    },
  };
};

const forgetOldest = (senders: Map<string, Socket>): void => {
  const [oldest] = senders;
  if (oldest === undefined) return;
  oldest[1].close();
  senders.delete(oldest[0]);
};
