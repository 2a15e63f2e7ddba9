// On real sockets, against a receiver that keeps its own books, with and without a proxy that loses, repeats, displaces and damages.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { planScenario } from '../../engine/plan.ts';
import type { Operation } from '../../history/operation.ts';
import { type History, readHistory } from '../../history/read-history.ts';
import { systemTimers } from '../../network/timers.ts';
import { openUdpLink } from '../../network/udp-link.ts';
import type { DatagramEffect } from '../../scenario/faults/datagram-fault.ts';
import type { Scenario, Traffic } from '../../scenario/scenario.ts';
import type { DriverProgress } from '../progress.ts';
import { startUdpDriver, type UdpDriverOptions } from './driver.ts';
import { scenarioOf as usualScenario } from '../testing.ts';
import type { UdpSummary } from './protocol.ts';
import { prepareUdpJob } from './run-job.ts';
import { type Receiver, type SenderBooks, startReceiver } from './testing.ts';
import type { UdpSocket } from './udp-socket.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-udp-driver-'));
afterAll(() => rm(folder, { recursive: true }));

const scenarioOf = (traffic: Partial<Traffic> = {}): Scenario => usualScenario(traffic, 1, 400);

let runs = 0;
type Driven = { readonly summary: UdpSummary; readonly history: History };
const drive = async (port: number, scenario = scenarioOf(), options: Partial<UdpDriverOptions> = {}): Promise<Driven> => {
  const { plan, source } = planScenario(scenario, 1);
  const historyFile = join(folder, `${(runs += 1)}.ndjson`);
  const to = { host: '127.0.0.1', port };
  await using driver = await startUdpDriver({ source, seed: 1, digest: plan.digest, to, historyFile, ...options });
  driver.go(Date.now() + 100);
  const summary = await driver.done;
  return { summary, history: await readHistory(historyFile) };
};

const booksOf = ({ books }: Receiver): SenderBooks => {
  expect(books.size).toBe(1);
  return [...books.values()][0] as SenderBooks;
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_unused, index) => index + 1);
const sorted = (numbers: Iterable<number>): number[] => [...numbers].toSorted((left, right) => left - right);

test('every number arrives once, each with its event, and the totals of all are those that the receiver counts', async () => {
  await using receiver = await startReceiver();
  const heard: DriverProgress[] = [];
  const { summary, history } = await drive(receiver.port, scenarioOf(), { onProgress: (progress) => heard.push(progress) });
  await receiver.heard(403, 5000);
  const { numbers, marks, events } = booksOf(receiver);
  expect(sorted(numbers.keys())).toEqual(upTo(400));
  expect(new Set(numbers.values())).toEqual(new Set([1]));
  expect([...marks.values()]).toEqual([0, 1, 2].map(() => ({ datagrams: 400, events: 400 })));
  expect(summary.senders).toMatchObject([{ source: 'producer-0', datagrams: 400, events: 400, refused: 0 }]);
  expect(summary).toMatchObject({ operations: 400, sent: 400, done: 400, unknown: 400, inFlight: 0, blockedRatio: 0, marks: 3 });
  expect(events.map((event) => (JSON.parse(event) as { id: string }).id).toSorted()).toEqual(
    history.operations.map(({ idempotencyKey }) => idempotencyKey).toSorted(),
  );
  expect(heard.length).toBeGreaterThan(0);
});

test('the history has every operation of the plan at its time, in doubt for good, with its datagram', async () => {
  await using receiver = await startReceiver();
  const { history } = await drive(receiver.port);
  const { traffic } = planScenario(scenarioOf(), 1);
  expect(history.complete).toBe(true);
  const operations = [...history.operations].toSorted((left, right) => left.op - right.op);
  expect(operations.map(({ op, intendedAt }) => [op, intendedAt])).toEqual(
    traffic.operations.map(({ op, intendedAtMs }) => [op, intendedAtMs]),
  );
  for (const { outcome, status, code, traceId, handedAt, intendedAt, doneAt } of operations) {
    expect({ outcome, status, code, traceId }).toEqual({ outcome: 'unknown', status: null, code: null, traceId: null });
    expect(handedAt).toBeGreaterThanOrEqual(intendedAt);
    expect(doneAt).toBeGreaterThanOrEqual(handedAt);
  }
  expect(sorted(operations.map(({ datagram }) => datagram?.n ?? 0))).toEqual(upTo(400));
});

test('nobody who listens makes no difference to the sender: it is late for nobody, and knows nothing', async () => {
  const { port, [Symbol.asyncDispose]: close } = await startReceiver();
  await close();
  const { summary } = await drive(port);
  expect(summary).toMatchObject({ done: 400, unknown: 400, failed: 0, senders: [{ datagrams: 400, refused: 0 }] });
});

test('several events go in one datagram, none of them waiting longer than it may', async () => {
  await using receiver = await startReceiver();
  const { summary, history } = await drive(receiver.port, scenarioOf(), { batch: { size: 8, lingerMs: 1000 } });
  await receiver.heard(53, 5000);
  expect(summary.senders).toMatchObject([{ datagrams: 50, events: 400 }]);
  expect(booksOf(receiver).events).toHaveLength(400);
  const byDatagram = Map.groupBy(history.operations, ({ datagram }) => datagram?.n);
  expect([...byDatagram.values()].map(({ length }) => length)).toEqual(Array.from({ length: 50 }, () => 8));
});

test('each producer numbers its own, and each start of it anew', async () => {
  await using receiver = await startReceiver();
  const scenario = scenarioOf({ producers: { count: 3, skewMs: 0 } });
  const [first, second] = [await drive(receiver.port, scenario, { boot: 'one' }), await drive(receiver.port, scenario, { boot: 'two' })];
  const totals = [...first.summary.senders, ...second.summary.senders];
  await receiver.heard(800 + first.summary.marks + second.summary.marks, 5000);
  expect([...receiver.books.keys()].toSorted()).toEqual(
    ['producer-0', 'producer-1', 'producer-2'].flatMap((source) => [`${source} one`, `${source} two`]),
  );
  for (const { source, boot, datagrams } of totals)
    expect(sorted(receiver.books.get(`${source} ${boot}`)?.numbers.keys() ?? [])).toEqual(upTo(datagrams));
  expect(totals.reduce((sum, { datagrams }) => sum + datagrams, 0)).toBe(800);
});

type Through = {
  readonly driven: Driven;
  readonly receiver: Receiver;
  readonly proxy: ReturnType<Awaited<ReturnType<typeof openUdpLink>>['counts']>;
};

/** The receiver's books, when the proxy has sent on all that it will. */
const driveThrough = async (effects: readonly DatagramEffect[], look: (through: Through) => void): Promise<void> => {
  await using receiver = await startReceiver();
  await using link = await openUdpLink({ to: { host: '127.0.0.1', port: receiver.port }, timers: systemTimers });
  effects.forEach((effect, id) => link.apply(id, effect, 7));
  const driven = await drive(link.port);
  const copies = (): number => link.counts().received - link.counts().lost + link.counts().duplicated;
  await expect.poll(() => link.counts().received, { timeout: 5000 }).toBe(400 + driven.summary.marks);
  await receiver.heard(copies(), 5000);
  look({ driven, receiver, proxy: link.counts() });
};

/** Numbers and copies of the mark that were sent and never came whole: by the books of the two ends alone. */
const missing = ({ receiver, driven }: Through): number => {
  const { numbers, marks } = booksOf(receiver);
  const [sent] = driven.summary.senders;
  return (sent?.datagrams ?? NaN) - numbers.size + (driven.summary.marks - marks.size);
};

test('the gaps that the receiver has are exactly what the proxy lost', async () => {
  await driveThrough([{ effect: 'loss', share: 0.2 }], (through) => {
    expect(through.proxy.lost).toBeGreaterThan(40);
    expect(missing(through)).toBe(through.proxy.lost);
  });
});

test('without a fault on the link there is no gap', async () => {
  await driveThrough([], (through) => expect(missing(through)).toBe(0));
});

test('what came twice is what the proxy repeated, and hides no loss', async () => {
  const effects: readonly DatagramEffect[] = [
    { effect: 'duplicate', share: 0.3 },
    { effect: 'loss', share: 0.2 },
  ];
  await driveThrough(effects, (through) => {
    const { receiver, proxy } = through;
    expect([proxy.lost > 40, proxy.duplicated > 40]).toEqual([true, true]);
    expect(missing(through)).toBe(proxy.lost);
    const distinct = booksOf(receiver).numbers.size + booksOf(receiver).marks.size;
    expect(receiver.counts.received - distinct).toBe(proxy.duplicated);
  });
});

test('what came late is out of its place, and nothing is missing', async () => {
  await driveThrough([{ effect: 'reorder', share: 0.3, withinMs: 60 }], (through) => {
    expect(missing(through)).toBe(0);
    expect(booksOf(through.receiver).displaced).toBeGreaterThan(20);
    expect(booksOf(through.receiver).displaced).toBeLessThanOrEqual(through.proxy.reordered);
  });
});

test('what was damaged is seen to be, each of it, and is missing beside what was lost', async () => {
  const effects: readonly DatagramEffect[] = [
    { effect: 'corrupt', share: 0.2 },
    { effect: 'loss', share: 0.1 },
  ];
  await driveThrough(effects, (through) => {
    const { receiver, proxy } = through;
    expect(proxy.corrupted).toBeGreaterThan(40);
    expect(receiver.counts.damaged).toBe(proxy.corrupted);
    expect(missing(through)).toBe(proxy.lost + proxy.corrupted);
  });
});

/** In this process, over a socket of which everything is known. */
const runOver = async (socket: Pick<UdpSocket, 'send' | 'isBlocked'>, traffic: Partial<Traffic> = {}): Promise<Driven> => {
  const { traffic: plan, source, plan: written } = planScenario(scenarioOf(traffic), 1);
  const historyFile = join(folder, `${(runs += 1)}.ndjson`);
  const to = { host: '127.0.0.1', port: 9 };
  const share = { index: 0, of: 1 };
  const job = { type: 'job', source, seed: 1, digest: written.digest, to, historyFile, boot: 'here', batch: null, share } as const;
  const dead = { ...socket, [Symbol.asyncDispose]: () => Promise.resolve() };
  const summary = await prepareUdpJob(job, dead, plan)({ zeroAt: Date.now(), report: () => {} });
  return { summary, history: await readHistory(historyFile) };
};

const numberIn = (datagram: Buffer): number | undefined => (JSON.parse(datagram.toString().split('\n', 1)[0] ?? '') as { n?: number }).n;

test('what the kernel does not take was never sent, and the totals say so; its number is a gap that is ours', async () => {
  const refusal = Object.assign(new Error('no room'), { code: 'ENOBUFS' });
  const { summary, history } = await runOver({
    send: (datagram, sent) => setImmediate(sent, (numberIn(datagram) ?? 1) % 4 === 0 ? refusal : null),
    isBlocked: () => false,
  });
  expect(summary).toMatchObject({ failed: 100, unknown: 300, senders: [{ datagrams: 400, events: 400, refused: 100 }] });
  const failed = history.operations.filter(({ outcome }) => outcome === 'failed');
  expect(failed.every(({ code, datagram }) => code === 'client_enobufs' && (datagram?.n ?? 1) % 4 === 0)).toBe(true);
});

test('datagrams that wait for the kernel are counted as blocked', async () => {
  let [waits, sends] = [false, 0];
  const { summary } = await runOver({
    send: (_datagram, sent) => {
      waits = (sends += 1) % 10 === 0;
      setImmediate(sent, null);
    },
    isBlocked: () => waits,
  });
  expect(summary.blockedRatio).toBeCloseTo(0.1, 5);
});

test('an event that no datagram holds is not sent, takes no number, and has failed for certain', async () => {
  const poison = { share: 0.05, kinds: ['oversized', 'wrong-types'] } as const;
  const { summary, history } = await runOver({ send: (_datagram, sent) => setImmediate(sent, null), isBlocked: () => false }, { poison });
  const tooLong = history.operations.filter(({ poison: kind }: Operation) => kind === 'oversized');
  expect(tooLong.length).toBeGreaterThan(0);
  for (const operation of tooLong) {
    expect(operation).toMatchObject({ outcome: 'failed', code: 'client_datagram_too_long' });
    expect(operation.datagram).toBeUndefined();
  }
  expect(summary.senders).toMatchObject([{ datagrams: 400 - tooLong.length }]);
});
