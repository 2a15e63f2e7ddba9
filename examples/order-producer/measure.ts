// How many events a second one producer gets answered: `node dist/measure.js EVENTS KEYS`, to the ingest at FAULTLINE_URL.
import { createProducer } from 'faultline/client';

const [events = 20_000, keys = 2000] = process.argv.slice(2).map(Number);
const url = process.env['FAULTLINE_URL'] ?? 'http://127.0.0.1:4000';
await using producer = createProducer({ url });

const startedAt = performance.now();
for (let number = 0; number < events; number += 1) {
  await producer.ready();
  void producer.send({
    system_name: 'measure',
    object_id: `${startedAt}-${number % keys}`,
    event_name: 'measured',
    event_time: new Date().toISOString(),
    metadata: { number },
  });
}
await producer.flush();
const seconds = (performance.now() - startedAt) / 1000;
const { accepted, requests, retries } = producer.stats();
console.log(
  JSON.stringify({ accepted, keys, requests, retries, seconds: Number(seconds.toFixed(2)), perSecond: Math.round(accepted / seconds) }),
);
