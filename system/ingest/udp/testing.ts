// For tests of the door: datagrams as docs/udp.md says them, and a door on a stream in memory and a ring without a socket.
import { crc32 } from 'node:zlib';
import type { AccessKeys } from '../../access/access-keys.ts';
import { noKeys } from '../../access/testing.ts';
import type { ErrorCodeName } from '../../contract/error-codes.ts';
import type { DatagramBeat } from '../../stream/datagrams.ts';
import { createIngest } from '../ingest.ts';
import type { Quotas } from '../tenants/quotas.ts';
import { noIngestTelemetry } from '../telemetry.ts';
import { createFakeScheduler, createFakeStream, type FakeScheduler, type Step } from '../testing.ts';
import { createDoor } from './door.ts';
import { startDoorBooks } from './door-books.ts';
import { createTenantOfToken, type TenantOfToken } from './tenant-of-token.ts';

export const eventText = (id: string, change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    system_name: 'till',
    object_id: 'order-1',
    event_name: 'paid',
    event_time: '2026-01-01T00:00:00Z',
    metadata: {},
    ...(id === '' ? {} : { id }),
    ...change,
  });

export const datagramText = (head: Record<string, unknown>, ...events: readonly string[]): Buffer =>
  Buffer.from([JSON.stringify(head), ...events].join('\n'));

/** With a checksum at its end, of the head without it and of all that follows. */
export const checkedDatagram = (head: Record<string, unknown>, ...events: readonly string[]): Buffer => {
  const [text, body] = [JSON.stringify(head), events.map((event) => `\n${event}`).join('')];
  const checksum = crc32(body, crc32(text)).toString(16).padStart(8, '0');
  return Buffer.from(`${text.slice(0, -1)},"crc32":"${checksum}"}${body}`);
};

type Parts = {
  readonly quotas?: Quotas;
  readonly tenantOf?: TenantOfToken;
  readonly commitTimeoutMs?: number;
  readonly scheduler?: FakeScheduler;
};

type DoorKeys = Pick<AccessKeys, 'demand' | 'known' | 'areFresh'>;

export const openDoor = (steps: Step[] = [], bookFailures = 0, keys: DoorKeys = noKeys, parts: Parts = {}) => {
  const [scheduler, stream] = [parts.scheduler ?? createFakeScheduler(), createFakeStream(steps)];
  const ingest = createIngest({
    writer: stream,
    laneCount: 8,
    flushers: 2,
    flushEvents: 100,
    flushBytes: 1e6,
    flushLingerMs: 0,
    queueLimitBytes: 1e6,
    commitTimeoutMs: parts.commitTimeoutMs ?? 300,
    ...(parts.quotas !== undefined && { quotas: parts.quotas }),
    telemetry: noIngestTelemetry,
    scheduler,
  });
  const [waiting, refused, defects, beats]: [Buffer[], ErrorCodeName[], unknown[], DatagramBeat[]] = [[], [], [], []];
  const refusedOf: string[] = [];
  let [received, failures] = [0, bookFailures];
  const receiver = { next: () => waiting.shift() ?? null, received: () => received, dropped: () => 0, kernelDropped: () => null };
  const book = (beat: DatagramBeat) => {
    beats.push(beat);
    return (failures -= 1) < 0 ? Promise.resolve() : Promise.reject(new Error('no books today'));
  };
  const news = startDoorBooks({
    books: { book },
    counts: () => door.counts(),
    scheduler,
    onFailure: () => {},
    sendersLimit: 100,
    onRoom: () => door.mayGoOn(),
  });
  const door = createDoor({
    receiver,
    ingest,
    news,
    tenantOf: parts.tenantOf ?? createTenantOfToken(keys),
    refused: (code, tenant) => {
      refused.push(code);
      refusedOf.push(`${code} ${tenant ?? '-'}`);
    },
    defect: (error) => defects.push(error),
    scheduler,
    eventLimitBytes: 4096,
    sendersLimit: 100,
  });
  const send = (...datagrams: readonly Buffer[]) => {
    received += datagrams.length;
    waiting.push(...datagrams);
    door.wake();
  };
  return { door, news, scheduler, stream, waiting, refused, refusedOf, defects, beats, send };
};

export const head = { source: 'till-1', boot: 'a' };
export const numbered = (n: number, ...events: readonly string[]) => checkedDatagram({ ...head, n }, ...events);
