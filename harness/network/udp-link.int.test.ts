// Datagrams through a link: each effect is felt in its share while it lies there, and gone after. The same seed gives the same fates.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { DatagramEffect } from '../scenario/faults/datagram-fault.ts';
import { systemTimers } from './timers.ts';
import { openUdpLink, type UdpLink } from './udp-link.ts';

const many = 400;

type World = AsyncDisposable & { readonly link: UdpLink; send(count: number): Promise<readonly string[]> };

/** Sends numbered datagrams through a link, and gives what arrived, in order of arrival. */
const openWorld = async (): Promise<World> => {
  const [far, sender] = [createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 }), createSocket('udp4')];
  const heard: string[] = [];
  far.on('message', (data) => void heard.push(data.toString('latin1')));
  far.bind(0, '127.0.0.1');
  await once(far, 'listening');
  const link = await openUdpLink({ to: { host: '127.0.0.1', port: far.address().port }, timers: systemTimers });
  return {
    link,
    send: async (count) => {
      heard.length = 0;
      const before = link.counts();
      for (let n = 0; n < count; n += 1) {
        sender.send(`${n}`.padStart(6, '0'), link.port, '127.0.0.1');
        // The kernel's own buffers must not be what loses them.
        if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await expect.poll(() => link.counts().received - before.received).toBe(count);
      // What is delayed has not gone on yet: `sent` alone would be reached before the last.
      const arrives = (): number => count - (link.counts().lost - before.lost) + (link.counts().duplicated - before.duplicated);
      await expect.poll(() => heard.length).toBe(arrives());
      return [...heard];
    },
    [Symbol.asyncDispose]: async () => {
      await link[Symbol.asyncDispose]();
      far.close();
      sender.close();
    },
  };
};

const all = Array.from({ length: many }, (_, n) => `${n}`.padStart(6, '0'));
const share = (count: number): number => count / many;

const cases: readonly { readonly effect: DatagramEffect; readonly felt: (heard: readonly string[]) => number }[] = [
  { effect: { effect: 'loss', share: 0.3 }, felt: (heard) => share(many - heard.length) },
  { effect: { effect: 'duplicate', share: 0.3 }, felt: (heard) => share(heard.length - many) },
  { effect: { effect: 'corrupt', share: 0.3 }, felt: (heard) => share(heard.filter((text) => !all.includes(text)).length) },
];

test.each(cases)('$effect.effect hits its share of the datagrams, and none when it is taken away', async ({ effect, felt }) => {
  await using world = await openWorld();
  world.link.apply(1, effect, 11);
  expect(felt(await world.send(many))).toBeGreaterThan(0.2);
  expect(felt(await world.send(many))).toBeLessThan(0.4);
  world.link.clear(1);
  expect(await world.send(many)).toEqual(all);
});

test('reorder loses nothing and puts some behind others', async () => {
  await using world = await openWorld();
  world.link.apply(1, { effect: 'reorder', share: 0.2, withinMs: 30 }, 11);
  const heard = await world.send(many);
  expect(heard.toSorted()).toEqual(all);
  expect(heard.filter((text, n) => n > 0 && text < (heard[n - 1] as string)).length).toBeGreaterThan(10);
  world.link.clear(1);
  expect(await world.send(many)).toEqual(all);
});

test('the same seed loses the same datagrams, another seed others', async () => {
  const lostWith = async (seed: number): Promise<readonly string[]> => {
    await using world = await openWorld();
    world.link.apply(1, { effect: 'loss', share: 0.2 }, seed);
    return await world.send(100);
  };
  const [one, same, other] = [await lostWith(5), await lostWith(5), await lostWith(6)];
  expect(one).toEqual(same);
  expect(one).not.toEqual(other);
});

test('answers of the far end find their way back to the sender', async () => {
  const far = createSocket('udp4', (data, { port }) => far.send(`re: ${data.toString()}`, port, '127.0.0.1'));
  far.bind(0, '127.0.0.1');
  await once(far, 'listening');
  await using link = await openUdpLink({ to: { host: '127.0.0.1', port: far.address().port }, timers: systemTimers });
  const sender = createSocket('udp4');
  sender.send('hello', link.port, '127.0.0.1');
  const [answer] = (await once(sender, 'message')) as [Buffer];
  expect(answer.toString()).toBe('re: hello');
  sender.close();
  far.close();
});
