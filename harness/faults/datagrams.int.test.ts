// Faults of datagrams, on real sockets: a far end that counts what reaches it is the target.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { UdpLinkHandle } from '../network/start-network.ts';
import { systemTimers } from '../network/timers.ts';
import { openUdpLink } from '../network/udp-link.ts';
import type { DatagramEffect, DatagramFault } from '../scenario/faults/datagram-fault.ts';
import type { RunningTarget } from '../targets/target.ts';
import { datagrams } from './datagrams.ts';
import { openFaultWorld, partialTarget } from './testing.ts';

const faultOf = (effect: DatagramEffect): DatagramFault => ({
  kind: 'datagrams',
  name: 'bad-air',
  at: { phase: 'fault', afterSeconds: 0 },
  link: 'driver-ingest-udp',
  seconds: 1,
  ...effect,
});

/** A target that numbers tell whether a datagram is whole, and in its place; a sender that never stops. `deaf`: an injector without effect. */
const startTarget = async (deaf = false): Promise<AsyncDisposable & { readonly target: RunningTarget }> => {
  const [far, sender] = [createSocket('udp4'), createSocket('udp4')];
  const seen = { received: 0, damaged: 0, displaced: 0 };
  let highest = -1;
  far.on('message', (data) => {
    const text = data.toString('latin1');
    const isWhole = /^(\d+):\1$/.test(text);
    seen.received += 1;
    if (!isWhole) seen.damaged += 1;
    else if (Number.parseInt(text, 10) < highest) seen.displaced += 1;
    if (isWhole) highest = Math.max(highest, Number.parseInt(text, 10));
  });
  far.bind(0, '127.0.0.1');
  await once(far, 'listening');
  const link = await openUdpLink({ to: { host: '127.0.0.1', port: far.address().port }, timers: systemTimers });
  let [n, id] = [0, 0];
  const sending = setInterval(() => {
    n += 1;
    sender.send(`${n}:${n}`, link.port, '127.0.0.1');
  }, 2);
  const proxy: UdpLinkHandle = {
    port: link.port,
    apply: async (effect, seed) => {
      const mine = (id += 1);
      if (!deaf) link.apply(mine, effect, seed);
      return { [Symbol.asyncDispose]: async () => void link.clear(mine) };
    },
    counts: () => Promise.resolve(link.counts()),
    farPorts: () => Promise.resolve([]),
  };
  const target = partialTarget({ datagramLinks: () => [{ name: 'driver-ingest-udp', proxy, seen: () => Promise.resolve({ ...seen }) }] });
  return {
    target,
    [Symbol.asyncDispose]: async () => {
      clearInterval(sending);
      await link[Symbol.asyncDispose]();
      far.close();
      sender.close();
    },
  };
};

const effects: readonly DatagramEffect[] = [
  { effect: 'loss', share: 0.4 },
  { effect: 'duplicate', share: 0.4 },
  { effect: 'reorder', share: 0.4, withinMs: 40 },
  { effect: 'corrupt', share: 0.4 },
];

test.each(effects)('$effect is counted by the target while it lies on the link, and no more after', async (effect) => {
  await using world = await openFaultWorld();
  await using started = await startTarget();
  expect(await datagrams(faultOf(effect), world.context(started.target))).toMatchObject({ tookEffect: true, healed: true });
});

test.each(effects)('$effect by an injector that does nothing is not seen', async (effect) => {
  await using world = await openFaultWorld();
  await using started = await startTarget(true);
  expect(await datagrams(faultOf(effect), world.context(started.target))).toMatchObject({ tookEffect: false });
});

test('a target that takes no datagrams is a mistake of the scenario', async () => {
  await using world = await openFaultWorld();
  await expect(datagrams(faultOf({ effect: 'loss', share: 0.5 }), world.context(partialTarget({})))).rejects.toThrow(/takes no datagrams/);
});
