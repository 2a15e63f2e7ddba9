// The process of the proxies, as the harness uses it: asked over its pipes, gone when the harness lets go of it or dies.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRegistry, readRegistry } from '../stack/process-registry.ts';
import { processState } from '../stack/process-identity.ts';
import { startNetwork } from './start-network.ts';
import { openClient, startEcho } from './testing.ts';

const withFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-network-'));
  const registry = createRegistry(join(folder, 'processes.ndjson'), 'network-test', Date.now);
  return {
    folder,
    registry,
    [Symbol.asyncDispose]: async () => {
      registry[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

test('opens links, lays effects on them, takes them away, counts, and is known to the reaper', async () => {
  await using place = await withFolder();
  await using echo = await startEcho();
  await using network = await startNetwork({ registry: place.registry, logFolder: place.folder });
  expect(readRegistry(place.registry.file)).toContainEqual(expect.objectContaining({ role: 'network', pid: network.pid }));
  const link = await network.openTcp('one', 'tcp', { host: '127.0.0.1', port: echo.port });
  using client = await openClient(link.port);
  const effect = await link.apply({ effect: 'latency', latencyMs: 50, way: 'up' }, 1);
  expect(await client.roundTrip('x')).toBeGreaterThanOrEqual(49);
  await effect[Symbol.asyncDispose]();
  expect(await client.quickest('x')).toBeLessThan(49);
  expect(await link.counts()).toMatchObject({ connections: 1, bytesUp: 6, bytesDown: 6, delayed: 1 });
  await expect(effect[Symbol.asyncDispose]()).rejects.toThrow(/did not lie on link one any more/);
});

test('says what it can not do', async () => {
  await using place = await withFolder();
  await using network = await startNetwork({ registry: place.registry, logFolder: place.folder });
  const to = { host: '127.0.0.1', port: 1 };
  await network.openUdp('twice', to);
  await expect(network.openTcp('twice', 'tcp', to)).rejects.toThrow(/link twice is open already/);
});

test('an effect that was asked for and not answered for lies nowhere afterwards', async () => {
  await using place = await withFolder();
  await using echo = await startEcho();
  await using network = await startNetwork({ registry: place.registry, logFolder: place.folder });
  const link = await network.openTcp('one', 'tcp', { host: '127.0.0.1', port: echo.port });
  process.kill(network.pid, 'SIGSTOP');
  try {
    await expect(link.apply({ effect: 'latency', latencyMs: 500 }, 1)).rejects.toThrow(/apply one\): did not answer/);
  } finally {
    process.kill(network.pid, 'SIGCONT');
  }
  using client = await openClient(link.port);
  expect(await client.quickest('x')).toBeLessThan(499);
});

test('is gone once it is let go', async () => {
  await using place = await withFolder();
  const network = await startNetwork({ registry: place.registry, logFolder: place.folder });
  await network[Symbol.asyncDispose]();
  expect(processState(network.pid)).toBeNull();
});

test('ends by itself when whoever started it is gone, its connections with it', async () => {
  const program = fileURLToPath(new URL('./process.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await using echo = await startEcho();
  child.stdin.write(`${JSON.stringify({ n: 1, do: 'open', link: 'a', protocol: 'tcp', to: { host: '127.0.0.1', port: echo.port } })}\n`);
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  const { port } = (JSON.parse(answer.toString()) as { answer: { port: number } }).answer;
  using client = await openClient(port);
  await client.roundTrip('x');
  child.stdin.end();
  const [code] = (await once(child, 'exit')) as [number];
  expect([code, await client.ended]).toEqual([0, 'ECONNRESET']);
});
