// A process that consumes elsewhere as docs/client.md shows it: `node by-client.ts <module of faultline/client> <job>`. One event after the other, by long poll.
import { pathToFileURL } from 'node:url';
import { type GivenEvent, openConsumedRecord } from '../../../consumers/consumed-record.ts';
import { readConsumerJob, sayReady } from '../../../consumers/consumer-job.ts';
import { systemClock } from '../../../engine/clock.ts';
import { createRecordedFetch, type RecordedFetch } from './recorded-fetch.ts';

/** As much of it as is used here: the harness imports nothing of the system, as nobody elsewhere could. */
type Client = {
  createConsumer(options: {
    readonly url: string;
    readonly consumer: string;
    readonly instance: string;
    readonly start: 'earliest';
    readonly leaseMs: number;
    readonly checkpointMs: number;
    readonly fetch: RecordedFetch;
  }): AsyncIterable<GivenEvent> & { close(): Promise<void> };
};

const job = readConsumerJob(process.argv);
const { createConsumer } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as Client;
const record = openConsumedRecord(job, systemClock);
const { url, consumer: name, instance, leaseMs, checkpointMs, handleMs } = job;
const fetch = createRecordedFetch(record, systemClock);
const consumer = createConsumer({ url, consumer: name, instance, start: 'earliest', leaseMs, checkpointMs, fetch });
process.once('SIGTERM', () => void consumer.close());
sayReady(job, process.pid);

for await (const event of consumer) {
  record.given(event);
  await systemClock.sleep(handleMs);
  record.done(event);
}
await consumer.close();
record.ended();
