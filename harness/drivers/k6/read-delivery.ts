// What k6 says while it sends a scenario's plan: each delivery with its end, and at the end how many it never began.
import type { Reply } from '../reply.ts';
import { deliveryMetric } from './delivery-script.ts';
import { errorOfK6, nothingWasSent } from './k6-error.ts';
import { type Point, readPoint, statusOf } from './point.ts';

export type Delivered = {
  readonly kind: 'delivered';
  readonly op: number;
  /** Epoch milliseconds; k6's scripts know no finer time. */
  readonly startedAt: number;
  readonly tookMs: number;
  readonly reply: Reply;
};

export type Said = Delivered | { readonly kind: 'dropped'; readonly count: number };

const wanted = [deliveryMetric, 'dropped_iterations'] as const;

/** Null where the line says nothing of deliveries. */
export const readDelivery = (line: string): Said | null => {
  const point = readPoint(line, wanted);
  if (point === null) return null;
  return point.metric === deliveryMetric ? toDelivered(point.data) : { kind: 'dropped', count: point.data.value };
};

const toDelivered = ({ value, metadata = {} }: Point['data']): Delivered => ({
  kind: 'delivered',
  op: Number(metadata['op']),
  startedAt: Number(metadata['startedAt']),
  tookMs: value,
  reply: toReply(metadata),
});

const toReply = (metadata: Readonly<Record<string, string>>): Reply => {
  const status = statusOf(metadata['status']);
  if (status !== null) return { kind: 'answer', status, body: metadata['answer'] ?? '', retryAfter: nullIfEmpty(metadata['retryAfter']) };
  if (metadata['errorCode'] === undefined) return { kind: 'error', error: scriptFailed(), anythingSent: true };
  const errorCode = Number(metadata['errorCode']);
  return { kind: 'error', error: errorOfK6(errorCode), anythingSent: !nothingWasSent(errorCode) };
};

const nullIfEmpty = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** A script that gave no answer back may have sent something all the same. */
const scriptFailed = (): Error => Object.assign(new Error('the script gave no answer back'), { code: 'k6_script' });

/** Of one that k6 began and did not end: how far it came is not known. */
export const unfinished = (): Reply => ({
  kind: 'error',
  error: Object.assign(new Error('k6 ended before the delivery did'), { code: 'k6_unfinished' }),
  anythingSent: true,
});
