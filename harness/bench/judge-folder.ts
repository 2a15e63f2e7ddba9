// Writes the folder of a run with as many operations as one likes, in which nothing is wrong: what judging is measured on. Streamed, so that it costs no memory.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { ScenarioPlan } from '../engine/run-data.ts';
import { scenarioFiles } from '../engine/scenario-files.ts';
import type { FinalRow } from '../history/final-state.ts';
import type { Operation } from '../history/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';

export type JudgeFolder = { readonly operations: number; readonly bytes: number };

const zeroAt = 1_767_225_600_000;
const ratePerSecond = 4000;
const lanes = 8;
const keys = 5000;
const eventNames = ['order.placed', 'order.paid', 'order.shipped', 'order.closed'] as const;
const systems = ['checkout', 'billing', 'shipping'] as const;
/** One delivery in fifty is the event before it, again. */
const againEvery = 50;

type Event = {
  readonly event: number;
  readonly key: number;
  readonly lane: number;
  readonly position: number;
  readonly entry: number;
  readonly at: number;
};

export const writeJudgeFolder = async (folder: string, operations: number): Promise<JudgeFolder> => {
  await mkdir(folder, { recursive: true });
  const files = scenarioFiles(folder);
  const seconds = operations / ratePerSecond;
  const json = (path: string, value: unknown): Promise<void> => writeFile(path, JSON.stringify(value));
  const scenario = scenarioOf(seconds);
  const plan: ScenarioPlan = { format: 1, scenario, seed: 1, plannedOperations: operations, digest: 'made' };
  const to = zeroAt + seconds * 1000;
  await json(files.plan, plan);
  await json(files.timeline, {
    zeroAt,
    phases: [{ name: 'steady', kind: 'steady', from: zeroAt, to }],
    drainedAt: to + 500,
    drainPending: [],
  });
  await json(files.evidence, []);
  await writeFile(files.machine, `${JSON.stringify({ end: true, samples: 0 })}\n`);
  const bytes = (await writeHistory(files.history, operations)) + (await writeFinalState(files.finalState, operations));
  return { operations, bytes };
};

const scenarioOf = (seconds: number): Scenario => ({
  name: 'made',
  title: 'A long run in which nothing goes wrong',
  why: 'To measure judging.',
  target: { processes: { ingest: 1, worker: 2, query: 1 } },
  phases: [{ name: 'steady', kind: 'steady', seconds, ratePerSecond }],
  traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: keys }, duplicates: { share: 1 / againEvery, withinMs: 1 } },
  faults: [],
  expectations: [{ check: 'good-events-accepted' }, { check: 'equals-ordered-delivery' }, { check: 'no-dead-letters' }],
  mustBeSeen: [{ check: 'duplicates-seen', parameters: { atLeast: 1 } }],
  budgets: [],
  detection: { fires: [] },
  drainWithinSeconds: 10,
});

const isAgain = (op: number): boolean => op % againEvery === againEvery - 1;

/** Each operation with its event: the same one twice where it is delivered again. */
function* eventsOf(operations: number): Generator<{ readonly op: number; readonly event: Event; readonly again: boolean }> {
  const heads = new Int32Array(lanes);
  const entries = new Int32Array(keys);
  let event: Event | null = null;
  let events = 0;
  for (let op = 0; op < operations; op += 1) {
    if (!isAgain(op) || event === null) {
      const key = (Math.imul(events, 7919) >>> 0) % keys;
      const lane = key % lanes;
      const [position, entry] = [(heads[lane] ?? 0) + 1, (entries[key] ?? 0) + 1];
      heads[lane] = position;
      entries[key] = entry;
      event = { event: events, key, lane, position, entry, at: (op * 1000) / ratePerSecond };
      events += 1;
      yield { op, event, again: false };
    } else yield { op, event, again: true };
  }
}

const place = ({ key }: Event) => ({
  systemName: systems[key % systems.length] as string,
  objectId: `order-${String(key).padStart(5, '0')}`,
});
const nameOf = ({ event }: Event): string => eventNames[event % eventNames.length] as string;
const identityOf = ({ event }: Event): string => `made-1-${event}`;
const hashOf = (event: Event): string => createHash('sha256').update(identityOf(event)).digest('hex');
const idOf = ({ event }: Event): number => 1_000_000 + event;

const operationOf = (op: number, event: Event, again: boolean): Operation => {
  const intendedAt = (op * 1000) / ratePerSecond;
  const answer = { outcome: 'ok', status: 200, code: null, retryAfterSeconds: null, id: idOf(event), duplicate: again } as const;
  const times = { intendedAt, handedAt: intendedAt + 0.4, doneAt: intendedAt + 4.4 + (again ? 6 : 0) };
  const what = { eventName: nameOf(event), idempotencyKey: identityOf(event), sequence: null, poison: null } as const;
  const sent = { delivery: again ? 'duplicate' : 'first', bodySha256: hashOf(event), bodyBytes: 250 } as const;
  const traceId = op % 20_000 === 7 ? hashOf(event).slice(0, 32) : null;
  return { op, event: event.event, phase: 'steady', ...place(event), ...what, ...sent, ...times, ...answer, traceId };
};

/** Writes lines as fast as the disk takes them; resolves with the bytes. */
const writeLines = async (path: string, lines: Iterable<unknown>): Promise<number> => {
  const stream = createWriteStream(path, { highWaterMark: 1 << 20 });
  let chunk = '';
  for (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`;
    if (chunk.length < 1 << 18) continue;
    await flush(stream, chunk);
    chunk = '';
  }
  stream.end(chunk);
  await finished(stream);
  return stream.bytesWritten;
};

const flush = async (stream: WriteStream, chunk: string): Promise<void> => {
  if (!stream.write(chunk)) await once(stream, 'drain');
};

const writeHistory = (path: string, operations: number): Promise<number> => {
  const lines = function* (): Generator<unknown> {
    yield { format: 1, scenario: 'made', seed: 1, zeroAt };
    for (const { op, event, again } of eventsOf(operations)) yield operationOf(op, event, again);
    yield { end: true, operations };
  };
  return writeLines(path, lines());
};

const writeFinalState = (path: string, operations: number): Promise<number> => {
  const lines = function* (): Generator<unknown> {
    let rows = 0;
    for (const row of finalRows(operations)) {
      rows += 1;
      yield row;
    }
    yield { kind: 'end', rows };
  };
  return writeLines(path, lines());
};

function* finalRows(operations: number): Generator<FinalRow> {
  const [heads, again] = [new Int32Array(lanes), new Int32Array(lanes)];
  const counts = new Map<string, Extract<FinalRow, { kind: 'count' }> & { count: number }>();
  for (const { event, again: isSecond } of eventsOf(operations)) {
    if (isSecond) again[event.lane] = (again[event.lane] ?? 0) + 1;
    else heads[event.lane] = event.position;
  }
  for (let lane = 0; lane < lanes; lane += 1)
    yield { kind: 'lane', lane, head: heads[lane] ?? 0, duplicates: again[lane] ?? 0, conflicts: 0 };
  for (const row of rowsOf(operations, 'log')) yield row;
  for (const row of rowsOf(operations, 'event')) yield row;
  for (const row of rowsOf(operations, 'entry')) {
    if (row.kind !== 'timeline-entry') continue;
    const name = `${row.lane}|${row.systemName}|${row.eventName}`;
    const counted = counts.get(name) ?? {
      kind: 'count',
      lane: row.lane,
      systemName: row.systemName,
      eventName: row.eventName,
      minute: zeroAt,
      count: 0,
    };
    counts.set(name, { ...counted, count: counted.count + 1 });
    yield row;
  }
  yield* counts.values();
  for (const processor of ['events', 'timelines'])
    for (let lane = 0; lane < lanes; lane += 1) yield* booksOf(processor, lane, heads[lane] ?? 0);
}

function* rowsOf(operations: number, kind: 'log' | 'event' | 'entry'): Generator<FinalRow> {
  for (const { event, again } of eventsOf(operations)) {
    if (again) continue;
    const [at, { lane, position }] = [zeroAt + event.at, event];
    const common = { lane, position, id: idOf(event), ...place(event), eventName: nameOf(event) };
    const identity = { idempotencyKey: identityOf(event), sequence: null, bodySha256: hashOf(event), receivedAt: at + 1 };
    if (kind === 'log') yield { kind, ...common, minute: zeroAt, ...identity, appendedAt: at + 3 };
    else if (kind === 'event') yield { kind, ...common, ...identity, appliedAt: at + 20 };
    else
      yield {
        kind: 'timeline-entry',
        ...place(event),
        entry: event.entry,
        eventId: idOf(event),
        eventName: nameOf(event),
        sequence: null,
        lane,
        position,
        appliedAt: at + 25,
      };
  }
}

function* booksOf(processor: string, lane: number, head: number): Generator<FinalRow> {
  const none = { ignored: 0, parked: 0, pending: 0, discarded: 0, skipped: 0, shed: 0 };
  yield { kind: 'checkpoint', processor, version: 1, lane, position: head, epoch: 1, applied: head, ...none };
  yield { kind: 'recount', processor, version: 1, lane, effects: head, parked: 0, pending: 0 };
}
