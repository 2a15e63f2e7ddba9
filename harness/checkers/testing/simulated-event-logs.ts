// Test support: what a truthful log says of the marked events of a simulated run.
import type { EventLogs } from '../../engine/run-data.ts';
import type { SimulatedRun } from './simulated-run.ts';

export const simulatedEventLogs = ({ operations }: Pick<SimulatedRun, 'operations'>): EventLogs => {
  const marked = operations.filter(({ traceId, id, duplicate }) => traceId !== null && id !== null && duplicate === false);
  const records = marked.map(({ id, traceId }) => ({
    eventId: id as number,
    traceId,
    spanId: `span-${id}`,
    service: 'ingest',
    severity: 'INFO',
    line: 'event accepted',
  }));
  const traces = records.map(({ traceId, spanId }) => ({ traceId: traceId as string, spanId, found: true }));
  return { queries: [], asked: records.map(({ eventId }) => eventId), records, traces };
};
