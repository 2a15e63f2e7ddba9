// Sends a thousand orders, each placed and then paid, and says what became of them. FAULTLINE_URL is the ingest; ORDERS a name that makes the ids of this run.
import { createProducer, type EventBody, isProducerError } from 'faultline/client';

const run = process.env['ORDERS'] ?? 'morning';
const producer = createProducer({ url: process.env['FAULTLINE_URL'] ?? 'http://127.0.0.1:4000', deliveryTimeoutMs: 30_000 });

const step = (order: number, name: 'order_placed' | 'order_paid'): EventBody => ({
  system_name: 'shop',
  object_id: `${run}-${order}`,
  event_name: name,
  event_time: new Date(Date.UTC(2026, 0, 1) + order * 1000).toISOString(),
  metadata: { total: order / 100 },
  // The same fact has the same id, so that a second run of the whole program stores nothing twice.
  id: `${run}-${order}-${name}`,
});

const refused = (error: unknown): void => {
  if (!isProducerError(error)) throw error;
  console.error(`${error.idempotencyKey}: ${error.code}, ${error.outcome}: ${error.message}`);
};

for (let order = 0; order < 1000; order += 1) {
  await producer.ready();
  // Paid is sent when placed has its answer: they have one key.
  for (const name of ['order_placed', 'order_paid'] as const) producer.send(step(order, name)).catch(refused);
}
const { remaining } = await producer.close();
const { sent, accepted, duplicates, failed } = producer.stats();
console.log(JSON.stringify({ sent, accepted, duplicates, failed, remaining: remaining.length }));
