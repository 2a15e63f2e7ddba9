// A process that consumes elsewhere without our client, as somebody would write it from docs/consumers.md in another language: leases, server-sent events, a
// checkpoint after each batch under the epoch that it was read under. It does not look at its lease while it works: the system has to fence it. `node by-hand.ts <job>`.
import { openConsumedRecord } from '../../../consumers/consumed-record.ts';
import { readConsumerJob, sayReady } from '../../../consumers/consumer-job.ts';
import { systemClock } from '../../../engine/clock.ts';
import { consumeByHand } from './consume-by-hand.ts';

const job = readConsumerJob(process.argv);
const record = openConsumedRecord(job, systemClock);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await consumeByHand(job, { record, clock: systemClock, stop: stop.signal, ready: () => sayReady(job, process.pid) });
record.ended();
