// Spans by trace id, bounded by bytes, by traces and by age. What had to go is counted, never silent.
import { createDropTimes } from '../drop-times.ts';
import { attributeText } from '../otlp/attribute-value.ts';
import type { Attributes } from '../otlp/attribute-value.ts';
import type { Span } from '../otlp/read-traces.ts';
import type { ExportOutcome } from '../receipts.ts';
import { createByteArena } from './byte-arena.ts';
import { unpackSpan } from './packed-span.ts';
import { addSpan, holdsSpan, newEntry, touch } from './trace-entry.ts';
import type { TraceEntry } from './trace-entry.ts';

export type TraceLimits = {
  readonly maxBytes: number;
  readonly maxTraces: number;
  readonly maxSpansPerTrace: number;
  readonly maxAgeMs: number;
};
export type Trace = { readonly traceId: string; readonly spans: readonly Span[] };

/** `spans` unpacks them: ask for it once. The times are there without. */
export type StoredTrace = Trace & { readonly startNano: bigint; readonly endNano: bigint };

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
  /** Spans that had to go, of traces whose last span came at that time or later, and those that found their trace full: epoch milliseconds. */
  droppedSince(ms: number): number;
};

export const serviceOf = (resource: Attributes): string => {
  const name = resource.get('service.name');
  return name === undefined ? 'unknown_service' : attributeText(name);
};

const arenaPageBytes = 256 * 1_024;

const countUp = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

function stored(entry: TraceEntry): StoredTrace;
function stored(entry: TraceEntry | undefined): StoredTrace | undefined;
function stored(entry: TraceEntry | undefined): StoredTrace | undefined {
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

const missingId = (span: Span): string | null => {
  if (span.traceId === '') return 'a span without a trace id (16 bytes, not all zero)';
  return span.spanId === '' ? 'a span without a span id (8 bytes, not all zero)' : null;
};

const isOneTooMany = (span: Span, known: TraceEntry | undefined, { maxSpansPerTrace }: TraceLimits): boolean =>
  known !== undefined && known.packed.length >= maxSpansPerTrace && !holdsSpan(known, span.spanId);

export const createTraceStore = (limits: TraceLimits): TraceStore => {
  // Insertion order is the order of last arrival: an entry that grows is put in again at the end.
  const entries = new Map<string, TraceEntry>();
  const arena = createByteArena(arenaPageBytes);
  let bytes = 0;
  let spanCount = 0;
  let droppedTraces = 0;
  const droppedSpans = createDropTimes();

  const evict = (entry: TraceEntry): void => {
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
  const entryFor = (traceId: string): TraceEntry => {
    const entry = entries.get(traceId) ?? newEntry(traceId, arena);
    entries.delete(traceId);
    entries.set(traceId, entry);
    return entry;
  };
  const insert = (span: Span, nowMs: number): void => {
    const entry = entryFor(span.traceId);
    bytes += touch(entry, nowMs, arena);
    // A retried export delivers the same spans again.
    if (holdsSpan(entry, span.spanId)) return;
    bytes += addSpan(entry, span, arena);
    spanCount += 1;
  };

  /** Why it is not taken; null where it is. */
  const take = (span: Span, nowMs: number): string | null => {
    const missing = missingId(span);
    if (missing !== null) return missing;
    if (!isOneTooMany(span, entries.get(span.traceId), limits)) return (insert(span, nowMs), null);
    // Told to the sender, and lost to whoever asks for the trace.
    droppedSpans.add(nowMs, 1);
    return `trace ${span.traceId} has ${limits.maxSpansPerTrace} spans already, the most that is kept of one`;
  };

  return {
    add(spans, receivedAtMs) {
      const services = new Map<string, number>();
      const problems = new Map<string, number>();
      for (const span of spans) {
        const problem = take(span, receivedAtMs);
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
