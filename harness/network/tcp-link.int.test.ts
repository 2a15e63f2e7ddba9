// Each effect on real sockets, both ways: it is felt while it lies on the link, and gone after.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openTcpLink } from './tcp-link.ts';
import { linkToEcho, openClient, startEcho } from './testing.ts';
import { systemTimers } from './timers.ts';

test('with nothing on it a link passes everything on, in order, and the end too', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  const heard: Buffer[] = [];
  client.socket.on('data', (chunk: Buffer) => heard.push(chunk));
  const sent = Buffer.from(Array.from({ length: 300_000 }, (_, n) => n % 251));
  client.socket.end(sent);
  expect(await client.ended).toBe('closed');
  expect(Buffer.concat(heard).equals(sent)).toBe(true);
  expect(world.link.counts()).toMatchObject({ connections: 1, open: 0, bytesUp: 300_000, bytesDown: 300_000, delayed: 0, bytesLost: 0 });
});

test('latency is added each way, jitter on top of it, and both go away', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  world.link.apply(1, { effect: 'latency', latencyMs: 30, jitterMs: 10 }, 7);
  const slow = (await client.roundTrip('x')) ?? 0;
  expect(slow).toBeGreaterThanOrEqual(59);
  expect(world.link.counts().delayed).toBe(2);
  expect(world.link.clear(1)).toBe(true);
  expect(await client.quickest('x')).toBeLessThan(slow / 2);
});

test('one way alone is half of it, and two effects add up', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  world.link.apply(1, { effect: 'latency', latencyMs: 40, way: 'up' }, 7);
  world.link.apply(2, { effect: 'latency', latencyMs: 40, way: 'up' }, 7);
  const both = await client.roundTrip('x');
  expect(both).toBeGreaterThanOrEqual(79);
  world.link.clear(2);
  const one = await client.quickest('x');
  expect(one).toBeGreaterThanOrEqual(39);
  expect(one).toBeLessThan(79);
});

test('jitter never puts later bytes before earlier ones', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  world.link.apply(1, { effect: 'latency', latencyMs: 1, jitterMs: 20 }, 3);
  const heard: Buffer[] = [];
  client.socket.on('data', (chunk: Buffer) => heard.push(chunk));
  const words = Array.from({ length: 40 }, (_, n) => `${n};`);
  for (const word of words.slice(0, -1)) {
    client.socket.write(word);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await client.roundTrip(words.at(-1) as string);
  await expect.poll(() => Buffer.concat(heard).toString()).toBe(words.join(''));
});

test('a slow link that is full for a while takes more once a part of it has gone on, and never stands still', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  world.link.apply(1, { effect: 'latency', latencyMs: 1000, way: 'up' }, 7);
  const [writes, piece] = [512, Buffer.alloc(4096, 'x')];
  let heard = 0;
  client.socket.on('data', (chunk: Buffer) => (heard += chunk.length));
  for (let n = 0; n < writes; n += 1) {
    client.socket.write(piece);
    // One by one, so that they come out one by one too and the far end is never full.
    await delay(1);
  }
  await expect.poll(() => heard, { timeout: 15_000 }).toBe(writes * piece.length);
});

test('bandwidth paces what all connections send together', async () => {
  await using world = await linkToEcho();
  using one = await openClient(world.link.port);
  using other = await openClient(world.link.port);
  world.link.apply(1, { effect: 'bandwidth', bytesPerSecond: 100_000, way: 'up' }, 1);
  const text = 'x'.repeat(10_000);
  const times = await Promise.all([one.roundTrip(text), other.roundTrip(text)]);
  expect(Math.max(...times.map(Number))).toBeGreaterThanOrEqual(199);
  world.link.clear(1);
  expect(await one.quickest(text)).toBeLessThan(100);
});

test('a cut closes what is there and what comes, until it is healed', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  await client.roundTrip('x');
  world.link.apply(1, { effect: 'cut' }, 1);
  expect(await client.ended).toBe('closed');
  using refused = await openClient(world.link.port);
  expect(await refused.ended).toBe('ECONNRESET');
  expect(world.link.counts()).toMatchObject({ cut: 1, refused: 1, open: 0 });
  world.link.clear(1);
  using again = await openClient(world.link.port);
  expect(await again.roundTrip('x')).not.toBeNull();
});

test('a reset is felt as one at both ends, and new connections work at once', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  await client.roundTrip('x');
  world.link.apply(1, { effect: 'reset' }, 1);
  expect(await client.ended).toBe('ECONNRESET');
  using again = await openClient(world.link.port);
  expect(await again.roundTrip('x')).not.toBeNull();
  expect(world.link.counts()).toMatchObject({ reset: 1 });
});

test('half-open: the far end is gone, the near end waits in vain and is reset by the healing', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  await client.roundTrip('x');
  world.link.apply(1, { effect: 'half-open' }, 1);
  await expect.poll(() => world.echo.sockets.size).toBe(0);
  expect(await client.roundTrip('lost', 150)).toBeNull();
  expect(client.socket.destroyed).toBe(false);
  using fresh = await openClient(world.link.port);
  expect(await fresh.roundTrip('x')).not.toBeNull();
  world.link.clear(1);
  expect(await client.ended).toBe('ECONNRESET');
  expect(await fresh.roundTrip('x')).not.toBeNull();
  expect(world.link.counts()).toMatchObject({ halfOpened: 1, bytesLost: 4 });
});

test('a slow close tells the end late', async () => {
  await using world = await linkToEcho();
  const closeTime = async (): Promise<number> => {
    using client = await openClient(world.link.port);
    await client.roundTrip('x');
    const startedAt = performance.now();
    client.socket.end();
    await client.ended;
    return performance.now() - startedAt;
  };
  world.link.apply(1, { effect: 'slow-close', delayMs: 100 }, 1);
  expect(await closeTime()).toBeGreaterThanOrEqual(199);
  expect(world.link.counts().closesDelayed).toBe(2);
  world.link.clear(1);
  expect(Math.min(await closeTime(), await closeTime(), await closeTime())).toBeLessThan(100);
});

test('a black hole lets nothing through and tells nobody; afterwards what was sent arrives', async () => {
  await using world = await linkToEcho();
  using client = await openClient(world.link.port);
  world.link.apply(1, { effect: 'black-hole' }, 1);
  const waiting = client.roundTrip('patience');
  using newcomer = await openClient(world.link.port);
  expect(await newcomer.roundTrip('x', 150)).toBeNull();
  world.link.clear(1);
  expect(await waiting).toBeGreaterThanOrEqual(149);
});

test('a far end that refuses is a refusal at the near end', async () => {
  const echo = await startEcho();
  await using link = await openTcpLink({ to: { host: '127.0.0.1', port: echo.port }, protocol: 'tcp', timers: systemTimers });
  await echo[Symbol.asyncDispose]();
  using client = await openClient(link.port);
  expect(await client.ended).toBe('ECONNRESET');
  expect(link.counts()).toMatchObject({ connections: 0, refused: 1 });
});
