// Log entries by stream, bounded by bytes and by age; the oldest received go first, and are counted.
import { createDropTimes } from '../drop-times.ts';
import { attributeText } from '../otlp/attribute-value.ts';
import type { Attributes } from '../otlp/attribute-value.ts';
import type { LogRecord } from '../otlp/read-logs.ts';
import type { ExportOutcome } from '../receipts.ts';
import { createQueue } from './entry-queue.ts';
import { logEntry, streamLabels } from './loki-record.ts';
import type { LogEntry } from './loki-record.ts';

export type LogLimits = {
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly maxLineBytes: number;
  readonly maxAgeMs: number;
};

/** Identical for all entries with the same labels. */
export type Stream = { readonly key: string; readonly labels: ReadonlyMap<string, string> };

export type StoredEntry = { readonly stream: Stream; readonly entry: LogEntry };

type OwnStream = Stream & { entries: number };
type Kept = StoredEntry & { readonly stream: OwnStream; readonly bytes: number; readonly receivedAtMs: number };

export type LogStore = {
  add(records: readonly LogRecord[], receivedAtMs: number): ExportOutcome;
  streams(): Iterable<Stream>;
  /** In the order of their arrival, not of their time. */
  entries(): Iterable<StoredEntry>;
  /** Called with what was added, once a request; returns how to end it. */
  follow(listener: (added: readonly StoredEntry[]) => void): () => void;
  /** Lines that a follower did not take in time: lost to it, still here. */
  countUnread(entries: number): void;
  report(): {
    readonly streams: number;
    readonly entries: number;
    readonly bytes: number;
    readonly droppedEntries: number;
    readonly unreadEntries: number;
  };
  /** Entries that had to go, or were refused for their length, of those that came at that time or later: epoch milliseconds. */
  droppedSince(ms: number): number;
};

const entryBytes = ({ line, metadata }: LogEntry): number => {
  let bytes = 160 + line.length;
  for (const text of metadata) bytes += 16 + text.length;
  return bytes;
};

type Followers = Pick<LogStore, 'follow' | 'countUnread'> & { tell(added: readonly StoredEntry[]): void; readonly unread: number };

const createFollowers = (): Followers => {
  const listeners = new Set<(added: readonly StoredEntry[]) => void>();
  let unread = 0;
  return {
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    countUnread: (entries) => void (unread += entries),
    tell: (added) => listeners.forEach((listener) => listener(added)),
    get unread() {
      return unread;
    },
  };
};

const serviceOf = ({ resource }: LogRecord): string =>
  attributeText(resource.get('service.name') ?? { kind: 'string', value: 'unknown_service' });

export const createLogStore = (limits: LogLimits): LogStore => {
  const streams = new Map<string, OwnStream>();
  const order = createQueue<Kept>();
  const followers = createFollowers();
  let bytes = 0;
  const dropped = createDropTimes();

  const streamFor = (resource: Attributes): OwnStream => {
    const labels = streamLabels(resource);
    const key = JSON.stringify([...labels]);
    const stream = streams.get(key) ?? { key, labels, entries: 0 };
    streams.set(key, stream);
    return stream;
  };
  const evictOldest = ({ stream, bytes: size, receivedAtMs }: Kept): void => {
    order.shift();
    bytes -= size;
    dropped.add(receivedAtMs, 1);
    stream.entries -= 1;
    if (stream.entries === 0) streams.delete(stream.key);
  };
  const keepBounds = (nowMs: number): void => {
    for (let oldest = order.peek(); oldest !== undefined; oldest = order.peek()) {
      const isTooMuch = bytes > limits.maxBytes || order.length > limits.maxEntries;
      if (!isTooMuch && nowMs - oldest.receivedAtMs <= limits.maxAgeMs) return;
      evictOldest(oldest);
    }
  };
  const keep = (stream: OwnStream, entry: LogEntry, receivedAtMs: number): StoredEntry => {
    const kept = { stream, entry, bytes: entryBytes(entry), receivedAtMs };
    stream.entries += 1;
    bytes += kept.bytes;
    order.push(kept);
    return kept;
  };

  return {
    add(records, receivedAtMs) {
      const services = new Map<string, number>();
      const problems: string[] = [];
      const added: StoredEntry[] = [];
      // Records of one resource share its attributes, and so their stream, which can't go while its entries are added.
      const known = new Map<Attributes, OwnStream>();
      for (const record of records) {
        const stream = known.get(record.resource) ?? streamFor(record.resource);
        known.set(record.resource, stream);
        const entry = logEntry(record, stream.labels, receivedAtMs);
        if (entry.line.length > limits.maxLineBytes) {
          problems.push(`a line of ${entry.line.length} characters, the most is ${limits.maxLineBytes}`);
          dropped.add(receivedAtMs, 1);
          continue;
        }
        added.push(keep(stream, entry, receivedAtMs));
        services.set(serviceOf(record), (services.get(serviceOf(record)) ?? 0) + 1);
      }
      for (const { key, entries } of known.values()) if (entries === 0) streams.delete(key);
      followers.tell(added);
      keepBounds(receivedAtMs);
      const message = problems.length === 0 ? '' : `${problems.length} rejected, the first: ${problems[0]}`;
      return { accepted: records.length - problems.length, rejected: problems.length, message, services };
    },
    streams: () => streams.values(),
    entries: () => order.values(),
    follow: followers.follow,
    countUnread: followers.countUnread,
    report: () => ({ streams: streams.size, entries: order.length, bytes, droppedEntries: dropped.total, unreadEntries: followers.unread }),
    droppedSince: dropped.since,
  };
};
