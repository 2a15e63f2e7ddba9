// Spans by trace id, bounded by bytes, by traces and by age. What had to go is counted, never silent.
import { createDropTimes } from '../drop-times.ts';
import { attributeText } from '../otlp/attribute-value.ts';
import type { Attributes } from '../otlp/attribute-value.ts';
import type { Span } from '../otlp/read-traces.ts';
import type { ExportOutcome } from '../receipts.ts';
import { createByteArena } from './byte-arena.ts';
import { packedBytes, packSpan, unpackSpan } from './packed-span.ts';
import type { PackedSpan } from './packed-span.ts';

export type TraceLimits = {
  readonly maxBytes: number;
  readonly maxTraces: number;
  readonly maxSpansPerTrace: number;
  readonly maxAgeMs: number;
};
export type Trace = { readonly traceId: string; readonly spans: readonly Span[] };

/** `spans` unpacks them: ask for it once. The times are there without. */
export type StoredTrace = Trace & { readonly startNano: bigint; readonly endNano: bigint };

type Entry = { traceId: string; packed: PackedSpan[]; startNano: bigint; endNano: bigint; bytes: number; touchedAt: number };

export type TraceStore = {
  add(spans: readonly Span[], receivedAtMs: number): ExportOutcome;
  get(traceId: string): StoredTrace | undefined;
  /** In the order of their last span's arrival, latest first. */
  all(): Iterable<StoredTrace>;
  report(): {
    readonly traces: number;
    readonly spans: number;
    readonly bytes: number;
    readonly droppedTraces: number;
    readonly droppedSpans: number;
  };
  /** Spans that had to go, of traces whose last span came at that time or later: epoch milliseconds. */
  droppedSince(ms: number): number;
};

export const serviceOf = (resource: Attributes): string => {
  const name = resource.get('service.name');
  return name === undefined ? 'unknown_service' : attributeText(name);
};

const arenaPageBytes = 256 * 1_024;

const countUp = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

const newEntry = (traceId: string): Entry => ({ traceId, packed: [], startNano: 0n, endNano: 0n, bytes: 0, touchedAt: 0 });

function stored(entry: Entry): StoredTrace;
function stored(entry: Entry | undefined): StoredTrace | undefined;
function stored(entry: Entry | undefined): StoredTrace | undefined {
  if (entry === undefined) return undefined;
  const { traceId, startNano, endNano, packed } = entry;
  return {
    traceId,
    startNano,
    endNano,
    get spans() {
      return packed.map(unpackSpan);
    },
  };
}

const outcomeOf = (given: number, problems: ReadonlyMap<string, number>, services: ReadonlyMap<string, number>): ExportOutcome => {
  const rejected = [...problems.values()].reduce((sum, count) => sum + count, 0);
  const message = [...problems].map(([problem, count]) => `${count} rejected: ${problem}`).join('; ');
  return { accepted: given - rejected, rejected, message, services };
};

const problemOf = (span: Span, known: Entry | undefined, { maxSpansPerTrace }: TraceLimits): string | null => {
  if (span.traceId === '') return 'a span without a trace id (16 bytes, not all zero)';
  if (span.spanId === '') return 'a span without a span id (8 bytes, not all zero)';
  if (known === undefined || known.packed.length < maxSpansPerTrace) return null;
  return `trace ${span.traceId} has ${maxSpansPerTrace} spans already, the most that is kept of one`;
};

export const createTraceStore = (limits: TraceLimits): TraceStore => {
  // Insertion order is the order of last arrival: an entry that grows is put in again at the end.
  const entries = new Map<string, Entry>();
  const arena = createByteArena(arenaPageBytes);
  let bytes = 0;
  let spanCount = 0;
  let droppedTraces = 0;
  const droppedSpans = createDropTimes();

  const evict = (entry: Entry): void => {
    entries.delete(entry.traceId);
    bytes -= entry.bytes;
    spanCount -= entry.packed.length;
    droppedTraces += 1;
    droppedSpans.add(entry.touchedAt, entry.packed.length);
  };
  const keepBounds = (nowMs: number): void => {
    for (const entry of entries.values()) {
      const isTooMuch = bytes > limits.maxBytes || entries.size > limits.maxTraces;
      if (!isTooMuch && nowMs - entry.touchedAt <= limits.maxAgeMs) return;
      evict(entry);
    }
  };
  const entryFor = (traceId: string): Entry => {
    const entry = entries.get(traceId) ?? newEntry(traceId);
    entries.delete(traceId);
    entries.set(traceId, entry);
    return entry;
  };
  const insert = (span: Span, nowMs: number): void => {
    const entry = entryFor(span.traceId);
    entry.touchedAt = nowMs;
    // A retried export delivers the same spans again.
    if (entry.packed.some(({ spanId }) => spanId === span.spanId)) return;
    const packed = packSpan(span, arena);
    const size = packedBytes(packed);
    entry.packed.push(packed);
    if (entry.packed.length === 1 || span.startTimeUnixNano < entry.startNano) entry.startNano = span.startTimeUnixNano;
    if (span.endTimeUnixNano > entry.endNano) entry.endNano = span.endTimeUnixNano;
    entry.bytes += size;
    bytes += size;
    spanCount += 1;
  };

  return {
    add(spans, receivedAtMs) {
      const services = new Map<string, number>();
      const problems = new Map<string, number>();
      for (const span of spans) {
        const problem = problemOf(span, entries.get(span.traceId), limits);
        if (problem === null) insert(span, receivedAtMs);
        if (problem === null) countUp(services, serviceOf(span.resource));
        else countUp(problems, problem);
      }
      keepBounds(receivedAtMs);
      return outcomeOf(spans.length, problems, services);
    },
    get: (traceId) => stored(entries.get(traceId)),
    *all() {
      for (const entry of [...entries.values()].reverse()) yield stored(entry);
    },
    report: () => ({ traces: entries.size, spans: spanCount, bytes, droppedTraces, droppedSpans: droppedSpans.total }),
    droppedSince: droppedSpans.since,
  };
};
