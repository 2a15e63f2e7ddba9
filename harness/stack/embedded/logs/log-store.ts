// Log entries by stream, bounded by bytes and by age; the oldest received go first, and are counted.
import { attributeText } from '../otlp/attribute-value.ts';
import type { LogRecord } from '../otlp/read-logs.ts';
import type { ExportOutcome } from '../receipts.ts';
import { logEntry, streamLabels } from './loki-record.ts';
import type { Labels, LogEntry } from './loki-record.ts';

export type LogLimits = {
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly maxLineBytes: number;
  readonly maxAgeMs: number;
};

/** Identical for all entries with the same labels. */
export type Stream = { readonly key: string; readonly labels: Labels };

export type StoredEntry = { readonly stream: Stream; readonly entry: LogEntry };

type OwnStream = Stream & { entries: number };
type Kept = StoredEntry & { readonly stream: OwnStream; readonly bytes: number; readonly receivedAtMs: number };

export type LogStore = {
  add(records: readonly LogRecord[], receivedAtMs: number): ExportOutcome;
  streams(): Iterable<Stream>;
  /** In the order of their arrival, not of their time. */
  entries(): Iterable<StoredEntry>;
  report(): { readonly streams: number; readonly entries: number; readonly bytes: number; readonly droppedEntries: number };
};

const entryBytes = (entry: LogEntry): number => {
  let bytes = 160 + entry.line.length;
  for (const [name, value] of Object.entries(entry.metadata)) bytes += 32 + name.length + value.length;
  return bytes;
};

/** A queue that gives up its oldest in constant time on average: what was taken is cut off in bulk. */
const createQueue = <Item>() => {
  let items: Item[] = [];
  let head = 0;
  return {
    push: (item: Item) => void items.push(item),
    peek: (): Item | undefined => items[head],
    *values(): Iterable<Item> {
      for (let at = head; at < items.length; at += 1) yield items[at] as Item;
    },
    get length() {
      return items.length - head;
    },
    shift(): void {
      head += 1;
      if (head < 1_024 || head * 2 < items.length) return;
      items = items.slice(head);
      head = 0;
    },
  };
};

export const createLogStore = (limits: LogLimits): LogStore => {
  const streams = new Map<string, OwnStream>();
  const order = createQueue<Kept>();
  let bytes = 0;
  let dropped = 0;

  const streamFor = (record: LogRecord): OwnStream => {
    const labels = streamLabels(record.resource);
    const key = JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
    const stream = streams.get(key) ?? { key, labels, entries: 0 };
    streams.set(key, stream);
    return stream;
  };
  const evictOldest = ({ stream, bytes: size }: Kept): void => {
    order.shift();
    bytes -= size;
    dropped += 1;
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
  const insert = (record: LogRecord, receivedAtMs: number): string | null => {
    const entry = logEntry(record, receivedAtMs);
    if (entry.line.length > limits.maxLineBytes) return `a line of ${entry.line.length} characters, the most is ${limits.maxLineBytes}`;
    const stream = streamFor(record);
    const size = entryBytes(entry);
    stream.entries += 1;
    order.push({ stream, entry, bytes: size, receivedAtMs });
    bytes += size;
    return null;
  };

  return {
    add(records, receivedAtMs) {
      const services = new Map<string, number>();
      const problems: string[] = [];
      for (const record of records) {
        const problem = insert(record, receivedAtMs);
        if (problem !== null) {
          problems.push(problem);
          continue;
        }
        const service = attributeText(record.resource.get('service.name') ?? { kind: 'string', value: 'unknown_service' });
        services.set(service, (services.get(service) ?? 0) + 1);
      }
      keepBounds(receivedAtMs);
      const message = problems.length === 0 ? '' : `${problems.length} rejected, the first: ${problems[0]}`;
      return { accepted: records.length - problems.length, rejected: problems.length, message, services };
    },
    streams: () => streams.values(),
    entries: () => order.values(),
    report: () => ({ streams: streams.size, entries: order.length, bytes, droppedEntries: dropped }),
  };
};
