// One trace as the store keeps it: its spans packed, and what is asked of it without unpacking them.
import type { Span } from '../otlp/read-traces.ts';
import type { ByteArena } from './byte-arena.ts';
import { packedBytes, packSpan } from './packed-span.ts';
import type { PackedSpan } from './packed-span.ts';

export type TraceEntry = {
  readonly traceId: string;
  packed: PackedSpan[];
  /** The arena's number of pages when it began; null once it has no share in any. */
  sharesSince: number | null;
  startNano: bigint;
  endNano: bigint;
  bytes: number;
  touchedAt: number;
};

export const newEntry = (traceId: string, arena: ByteArena): TraceEntry => ({
  traceId,
  packed: [],
  sharesSince: arena.pages,
  startNano: 0n,
  endNano: 0n,
  bytes: 0,
  touchedAt: 0,
});

/** Pages that may be begun while a trace grows in them: 4 MiB, which is seconds of a busy stack. */
const maxSharedPages = 16;

const alone = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);

/**
 * To be called when one of its spans comes, also a known one. Who grows for long would hold on to page after page that is full of traces which are gone: it moves out, once,
 * and keeps its bytes by itself from then on. Returns by how many bytes it has grown.
 */
export const touch = (entry: TraceEntry, nowMs: number, arena: ByteArena): number => {
  entry.touchedAt = nowMs;
  if (entry.sharesSince === null || arena.pages - entry.sharesSince <= maxSharedPages) return 0;
  entry.sharesSince = null;
  entry.packed = entry.packed.map((span) => ({ ...span, bytes: alone(span.bytes) }));
  const before = entry.bytes;
  entry.bytes = entry.packed.reduce((bytes, span) => bytes + packedBytes(span), 0);
  return entry.bytes - before;
};

export const holdsSpan = ({ packed }: TraceEntry, spanId: string): boolean => packed.some((span) => span.spanId === spanId);

/** Returns by how many bytes it has grown. */
export const addSpan = (entry: TraceEntry, span: Span, arena: ByteArena): number => {
  const packed = packSpan(span, entry.sharesSince === null ? { keep: alone } : arena);
  const size = packedBytes(packed);
  entry.packed.push(packed);
  if (entry.packed.length === 1 || span.startTimeUnixNano < entry.startNano) entry.startNano = span.startTimeUnixNano;
  if (span.endTimeUnixNano > entry.endNano) entry.endNano = span.endTimeUnixNano;
  entry.bytes += size;
  return size;
};
