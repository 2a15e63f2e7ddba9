// Events for benchmarks: about 260 bytes, each with an idempotency key of its own, over many keys.
import { randomUUID } from 'node:crypto';

const run = randomUUID().slice(0, 8);
const names = ['order_placed', 'order_paid', 'order_packed', 'order_shipped'];

export const eventBody = (n: number): string =>
  `{"system_name":"bench","object_id":"object-${n % 5000}","event_name":"${names[n % names.length]}","event_time":"${new Date().toISOString()}",` +
  `"metadata":{"user":"user-${n % 997}","amount":${(n % 10_000) / 100},"currency":"EUR","note":"a line of text as long as one finds it in real events"},"id":"bench-${run}-${n}"}`;

export const batchBody = (n: number, size: number): string =>
  `[${Array.from({ length: size }, (_, i) => eventBody(n * size + i)).join(',')}]`;
