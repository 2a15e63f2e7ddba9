// Spans by trace id, bounded by bytes, by traces and by age. What had to go is counted, never silent.
import { attributesBytes, attributeText } from '../otlp/attribute-value.ts';
import type { Attributes } from '../otlp/attribute-value.ts';
import type { Span } from '../otlp/read-traces.ts';
import type { ExportOutcome } from '../receipts.ts';

export type TraceLimits = {
  readonly maxBytes: number;
  readonly maxTraces: number;
  readonly maxSpansPerTrace: number;
  readonly maxAgeMs: number;
};
export type Trace = { readonly traceId: string; readonly spans: readonly Span[] };

type Entry = { traceId: string; spans: Span[]; ids: Set<string>; bytes: number; touchedAt: number };

export type TraceStore = {
  add(spans: readonly Span[], receivedAtMs: number): ExportOutcome;
  get(traceId: string): Trace | undefined;
  /** In the order of their last span's arrival, latest first. */
  all(): Iterable<Trace>;
  report(): {
    readonly traces: number;
    readonly spans: number;
    readonly bytes: number;
    readonly droppedTraces: number;
    readonly droppedSpans: number;
  };
};

const spanBytes = (span: Span): number => {
  let bytes = 300 + span.name.length + attributesBytes(span.attributes) + span.links.length * 150 + span.events.length * 150;
  for (const { attributes } of [...span.links, ...span.events]) bytes += attributesBytes(attributes);
  return bytes;
};

export const serviceOf = (resource: Attributes): string => {
  const name = resource.get('service.name');
  return name === undefined ? 'unknown_service' : attributeText(name);
};

const outcomeOf = (given: number, problems: ReadonlyMap<string, number>, services: ReadonlyMap<string, number>): ExportOutcome => {
  const rejected = [...problems.values()].reduce((sum, count) => sum + count, 0);
  const message = [...problems].map(([problem, count]) => `${count} rejected: ${problem}`).join('; ');
  return { accepted: given - rejected, rejected, message, services };
};

export const createTraceStore = (limits: TraceLimits): TraceStore => {
  // Insertion order is the order of last arrival: an entry that grows is put in again at the end.
  const entries = new Map<string, Entry>();
  let bytes = 0;
  let spanCount = 0;
  const dropped = { traces: 0, spans: 0 };

  const evict = (entry: Entry): void => {
    entries.delete(entry.traceId);
    bytes -= entry.bytes;
    spanCount -= entry.spans.length;
    dropped.traces += 1;
    dropped.spans += entry.spans.length;
  };
  const keepBounds = (nowMs: number): void => {
    for (const entry of entries.values()) {
      const isTooMuch = bytes > limits.maxBytes || entries.size > limits.maxTraces;
      if (!isTooMuch && nowMs - entry.touchedAt <= limits.maxAgeMs) return;
      evict(entry);
    }
  };
  const entryFor = (traceId: string): Entry => {
    const entry = entries.get(traceId) ?? { traceId, spans: [], ids: new Set<string>(), bytes: 0, touchedAt: 0 };
    entries.delete(traceId);
    entries.set(traceId, entry);
    return entry;
  };
  const problemOf = (span: Span): string | null => {
    if (span.traceId === '') return 'a span without a trace id (16 bytes, not all zero)';
    if (span.spanId === '') return 'a span without a span id (8 bytes, not all zero)';
    const known = entries.get(span.traceId);
    return known !== undefined && known.spans.length >= limits.maxSpansPerTrace
      ? `trace ${span.traceId} has ${limits.maxSpansPerTrace} spans already, the most that is kept of one`
      : null;
  };
  const insert = (span: Span, nowMs: number): void => {
    const entry = entryFor(span.traceId);
    entry.touchedAt = nowMs;
    // A retried export delivers the same spans again.
    if (entry.ids.has(span.spanId)) return;
    const size = spanBytes(span);
    entry.ids.add(span.spanId);
    entry.spans.push(span);
    entry.bytes += size;
    bytes += size;
    spanCount += 1;
  };

  return {
    add(spans, receivedAtMs) {
      const services = new Map<string, number>();
      const problems = new Map<string, number>();
      for (const span of spans) {
        const problem = problemOf(span);
        if (problem !== null) {
          problems.set(problem, (problems.get(problem) ?? 0) + 1);
          continue;
        }
        insert(span, receivedAtMs);
        const service = serviceOf(span.resource);
        services.set(service, (services.get(service) ?? 0) + 1);
      }
      keepBounds(receivedAtMs);
      return outcomeOf(spans.length, problems, services);
    },
    get: (traceId) => entries.get(traceId),
    *all() {
      yield* [...entries.values()].reverse();
    },
    report: () => ({ traces: entries.size, spans: spanCount, bytes, droppedTraces: dropped.traces, droppedSpans: dropped.spans }),
  };
};
