// What goes in one request: an event alone, or several of a batch in an array. And what the answer says of each: in a batch, the answer's own element.
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import type { DeliveryRequest } from './dialect.ts';
import type { Reply } from './send.ts';
import type { Handed } from './to-operation.ts';

/** One event that was handed over, with its own bytes. */
export type Packed = Handed & { readonly request: DeliveryRequest };

export type Parcel = {
  readonly events: readonly Packed[];
  readonly request: DeliveryRequest;
  /** Whose trace the request is: it can have but one. */
  readonly traceId: string | null;
};

export const parcelOfOne = (packed: Packed): Parcel => ({ events: [packed], request: packed.request, traceId: packed.planned.traceId });

/** The system's contract for batches: docs/api/http.md. A marked event stands first, for only of the first few the trace is carried on. */
export const parcelOfBatch = (events: readonly Packed[], path: string): Parcel => {
  const [open, comma, close] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];
  const parts = events.flatMap(({ request }, index) => (index === 0 ? [open, request.body] : [comma, request.body]));
  return {
    events,
    request: { path: `${path}/batch`, headers: ['content-type', 'application/json'], body: Buffer.concat([...parts, close]) },
    traceId: events[0]?.planned.traceId ?? null,
  };
};

/** One reply for each event, in their order. */
export const repliesOf = ({ events }: Parcel, reply: Reply, isBatch: boolean): readonly Reply[] => {
  if (!isBatch || reply.kind === 'error' || reply.status < 200 || reply.status >= 300) return events.map(() => reply);
  const results = readResults(reply.body);
  return events.map((_event, index) => {
    const element = results.length === events.length ? results[index] : undefined;
    if (typeof element?.status !== 'number') return { kind: 'error', error: elementMissing(), anythingSent: true };
    return { kind: 'answer', status: element.status, retryAfter: reply.retryAfter, body: JSON.stringify(element) };
  });
};

type Element = { readonly status?: unknown } | null;

/** An answer that can't be read says nothing of any event: each may have been stored. */
const readResults = (body: string): readonly (Element | undefined)[] => {
  try {
    const { results } = JSON.parse(body) as { readonly results?: unknown };
    return Array.isArray(results) ? (results as readonly Element[]) : [];
  } catch {
    return [];
  }
};

const elementMissing = (): Error =>
  Object.assign(new Error('the answer to the batch has no element for this event'), { code: 'FAULTLINE_ELEMENT_MISSING' });

/** All of them again at one moment, when the last of their waits is over. */
export const togetherAgain = (
  attempts: readonly { readonly planned: PlannedOperation; readonly waitMs: number }[],
): { readonly planned: readonly PlannedOperation[]; readonly waitMs: number } => {
  const intendedAtMs = Math.max(...attempts.map(({ planned }) => planned.intendedAtMs));
  return {
    planned: attempts.map(({ planned }) => ({ ...planned, intendedAtMs })),
    waitMs: Math.max(...attempts.map(({ waitMs }) => waitMs)),
  };
};
