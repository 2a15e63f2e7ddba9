// Marks a few requests of each phase for tracing, evenly spread, so that the tracer is not what is measured.
import { createHash } from 'node:crypto';
import type { PlannedOperation } from './planned-operation.ts';

export const marksPerPhase = 5;

/** Only good first deliveries are marked: their trace must lead from request to row. */
export const markForTracing = (operations: readonly PlannedOperation[], seed: number): PlannedOperation[] => {
  const marked = new Set<number>();
  for (const candidates of Map.groupBy(operations.filter(mayBeMarked), ({ phase }) => phase).values()) {
    const step = Math.max(1, Math.floor(candidates.length / marksPerPhase));
    for (let mark = 0; mark < marksPerPhase; mark += 1) {
      const chosen = candidates[mark * step + (step >> 1)];
      if (chosen !== undefined) marked.add(chosen.op);
    }
  }
  return operations.map((operation) => (marked.has(operation.op) ? { ...operation, traceId: traceIdOf(seed, operation) } : operation));
};

const mayBeMarked = ({ delivery, poison }: PlannedOperation): boolean => delivery === 'first' && poison === null;

const traceIdOf = (seed: number, { op, idempotencyKey }: PlannedOperation): string =>
  createHash('sha256').update(`${seed}/trace/${op}/${idempotencyKey}`).digest('hex').slice(0, 32);
