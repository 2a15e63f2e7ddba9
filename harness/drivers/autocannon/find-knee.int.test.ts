import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { findKnee, type SaturationStep } from './find-knee.ts';

const listen = async (server: Server): Promise<string> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('a server that answers one after the other in 20 ms gives no more to many connections; each request is sent as it was made', async () => {
  let queue = Promise.resolve();
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    queue = queue.then(() => new Promise((resolve) => setTimeout(resolve, 20))).then(() => void response.end('ok'));
  });
  const heard: SaturationStep[] = [];
  let made = 0;
  const knee = await findKnee({
    origin: await listen(server),
    method: 'POST',
    requestOf: () => ({ path: '/', headers: { 'x-a': 'b' }, body: `body-${made++}` }),
    secondsEach: 1,
    mostConnections: 16,
    timeoutMs: 2000,
    isOk: (status) => status === 200,
    signal: new AbortController().signal,
    onStep: (step) => heard.push(step),
  });
  server.closeAllConnections();
  server.close();
  expect(knee.steps).toEqual(heard);
  // One answer in 20 ms is the most that there can be, whatever the connections; where the knee is then is what find-knee.test.ts proves.
  expect(knee.highestPerSecond).toBeLessThan(60);
  expect(new Set(bodies).size).toBe(bodies.length);
});

test('a step that is interrupted is no figure: the search ends as interrupted', async () => {
  const interruption = new AbortController();
  const heard: SaturationStep[] = [];
  const server = createServer((_request, response) => {
    interruption.abort();
    response.end('ok');
  });
  const searching = findKnee({
    origin: await listen(server),
    method: 'GET',
    requestOf: () => ({ path: '/', headers: {}, body: null }),
    secondsEach: 20,
    mostConnections: 16,
    timeoutMs: 2000,
    isOk: () => true,
    signal: interruption.signal,
    onStep: (step) => heard.push(step),
  });
  await expect(searching).rejects.toMatchObject({ code: 'FL_INTERRUPTED' });
  expect(heard).toEqual([]);
  server.closeAllConnections();
  server.close();
});
