// Several events in one request, as an array, and what the answer says of each: its own element.
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import type { DeliveryRequest } from '../dialect.ts';
import { traceHeaders } from '../request-maker.ts';
import type { Reply } from '../reply.ts';
import type { Handed } from '../to-operation.ts';

/** One event that was handed over, with its own bytes. */
export type Packed = Handed & { readonly body: Buffer };

const [open, comma, close] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

/** The system's contract for batches: docs/api/http.md. A request has one trace: that of its first event. */
export const requestOfBatch = (events: readonly Packed[], path: string): DeliveryRequest => {
  const parts = events.flatMap(({ body }, index) => (index === 0 ? [open, body] : [comma, body]));
  const first = events[0]?.planned ?? { traceId: null };
  return {
    path: `${path}/batch`,
    headers: ['content-type', 'application/json', ...traceHeaders(first)],
    body: Buffer.concat([...parts, close]),
  };
};

/** One reply for each event, in their order. */
export const repliesOf = (events: number, reply: Reply): readonly Reply[] => {
  if (reply.kind === 'error' || reply.status < 200 || reply.status >= 300) return Array.from({ length: events }, () => reply);
  const results = readResults(reply.body);
  return Array.from({ length: events }, (_event, index) => {
    const element = results.length === events ? results[index] : undefined;
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
export const togetherAgain = <Attempt extends { readonly planned: PlannedOperation; readonly waitMs: number }>(
  attempts: readonly Attempt[],
): { readonly attempts: readonly Attempt[]; readonly waitMs: number } => {
  const intendedAtMs = Math.max(...attempts.map(({ planned }) => planned.intendedAtMs));
  return {
    attempts: attempts.map((attempt) => ({ ...attempt, planned: { ...attempt.planned, intendedAtMs } })),
    waitMs: Math.max(...attempts.map(({ waitMs }) => waitMs)),
  };
};
