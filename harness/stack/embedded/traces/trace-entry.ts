// One trace as the store keeps it: its spans packed, and what is asked of it without unpacking them.
import type { Span } from '../otlp/read-traces.ts';
import type { ByteArena } from './byte-arena.ts';
import { packedBytes, packSpan } from './packed-span.ts';
import type { PackedSpan } from './packed-span.ts';

export type TraceEntry = {
  readonly traceId: string;
  readonly packed: PackedSpan[];
  startNano: bigint;
  endNano: bigint;
  bytes: number;
  touchedAt: number;
};

export const newEntry = (traceId: string): TraceEntry => ({ traceId, packed: [], startNano: 0n, endNano: 0n, bytes: 0, touchedAt: 0 });

export const holdsSpan = ({ packed }: TraceEntry, spanId: string): boolean => packed.some((span) => span.spanId === spanId);

/** Returns by how many bytes it has grown. */
export const addSpan = (entry: TraceEntry, span: Span, arena: ByteArena): number => {
  const packed = packSpan(span, arena);
  const size = packedBytes(packed);
  entry.packed.push(packed);
  if (entry.packed.length === 1 || span.startTimeUnixNano < entry.startNano) entry.startNano = span.startTimeUnixNano;
  if (span.endTimeUnixNano > entry.endNano) entry.endNano = span.endTimeUnixNano;
  entry.bytes += size;
  return size;
};
