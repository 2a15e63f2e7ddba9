// What the tests of load share: a small server that answers as it is told, a job for the workers, and a player of a target that is only said to be there.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { measurePhases, measureSlices } from './measure.ts';
import { arrivalTimes } from './plan/arrival-times.ts';
import type { Player } from './play.ts';
import type { RequestSource } from './request/request-source.ts';
import { createLoadTally } from './worker/tally.ts';
import type { WorkerJob } from './workers.ts';

export type TestServer = AsyncDisposable & { readonly origin: string };
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export const startTestServer = async (answer: Answer): Promise<TestServer> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

export const jobFor = (
  origin: string,
  ratePerSecond: number,
  seconds: number,
  more: Partial<WorkerJob> = {},
  request: Partial<RequestSource> = {},
): WorkerJob => ({
  stages: [{ name: 'steady', kind: 'steady', seconds, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }],
  arrivals: 'constant',
  seed: 1,
  request: {
    method: 'POST',
    origin,
    path: '/',
    headers: [],
    body: '{{id}}',
    keys: { kind: 'uniform', count: 10 },
    batch: null,
    ...request,
  },
  firstNumber: 0,
  okStatuses: [[200, 399]],
  timeoutMs: 5000,
  connections: 256,
  retry: null,
  sliceMs: 1000,
  ...more,
});

/** A player without I/O, of a target that queues: it answers one request after the other, so many a second, and each of them at last. */
export const playerOf = (answersPerSecond: number): Player => ({
  play: ({ stages, arrivals, seed }) => {
    const tally = createLoadTally(stages, 1000);
    let freeAtMs = 0;
    for (const { atUs, stage } of arrivalTimes(stages, arrivals, seed)) {
      const intendedAtMs = atUs / 1000;
      freeAtMs = Math.max(freeAtMs, intendedAtMs) + 1000 / answersPerSecond;
      tally.handed(stage, intendedAtMs, 0);
      tally.ended({ stage, intendedAtMs, handedAtMs: intendedAtMs, doneAtMs: freeAtMs, error: null, isTimed: true });
    }
    const recorded = [{ stages: tally.stages(), slices: tally.slices() }];
    return Promise.resolve({
      phases: measurePhases(stages, recorded),
      slices: measureSlices(stages, recorded, 1000),
      saturation: [],
      generatorCpuSeconds: 0,
      doubts: [],
    });
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
