// For tests of faults: a target that takes numbered datagrams through a link, and a sender that never stops.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { systemTimers } from '../../network/timers.ts';
import { openUdpLink } from '../../network/udp-link.ts';
import type { DatagramsSeen, RunningTarget } from '../../targets/target.ts';
import { partialTarget } from './fault-world.ts';
import { datagramHandleOf } from './link-handle.ts';

export type NumberedDatagrams = AsyncDisposable & {
  readonly target: RunningTarget;
  /** By the sender's own count, and by the numbers themselves. */
  counts(): DatagramsSeen & { readonly sent: number };
};

type Seen = { -readonly [Name in keyof DatagramsSeen]: number };

/** A number twice tells whether a datagram is whole; one lower than its predecessor's, that it is out of its place. */
const countInto = (seen: Seen): ((data: Buffer) => void) => {
  let highest = -1;
  return (data) => {
    const text = data.toString('latin1');
    const isWhole = /^(\d+):\1$/.test(text);
    seen.received += 1;
    if (!isWhole) seen.damaged += 1;
    else if (Number.parseInt(text, 10) < highest) seen.displaced += 1;
    if (isWhole) highest = Math.max(highest, Number.parseInt(text, 10));
  };
};

/** `deaf`: the link takes effects and does nothing. */
export const startDatagrams = async (deaf = false): Promise<NumberedDatagrams> => {
  const [far, sender] = [createSocket('udp4'), createSocket('udp4')];
  const seen = { received: 0, damaged: 0, displaced: 0 };
  far.on('message', countInto(seen));
  far.bind(0, '127.0.0.1');
  await once(far, 'listening');
  const link = await openUdpLink({ to: { host: '127.0.0.1', port: far.address().port }, timers: systemTimers });
  let sent = 0;
  const sending = setInterval(() => {
    sent += 1;
    sender.send(`${sent}:${sent}`, link.port, '127.0.0.1');
  }, 2);
  const proxy = datagramHandleOf(link, deaf);
  return {
    target: partialTarget({ datagramLinks: () => [{ name: 'driver-ingest-udp', proxy, seen: () => Promise.resolve({ ...seen }) }] }),
    counts: () => ({ ...seen, sent }),
    [Symbol.asyncDispose]: async () => {
      clearInterval(sending);
      await link[Symbol.asyncDispose]();
      far.close();
      sender.close();
    },
  };
};
