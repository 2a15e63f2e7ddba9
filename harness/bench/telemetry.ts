// What telemetry costs: the same load with metrics, traces and logs exported as the other benches have it (each second), and with OTEL_SDK_DISABLED=true, where
// instruments and spans do nothing and nothing is sent. The stack that receives runs on the same cores: its work is part of what is measured. Log lines on
// stdout, and reading the books, are on both sides.
import type { Bed } from './bed.ts';
import { saturate } from './closed-loop.ts';
import { drainBacklog } from './drain-backlog.ts';
import { eventBody } from './events.ts';
import { figure, median, type Figure } from './figure.ts';
import { demandClean } from './ingest-one.ts';

const connections = 64;
const ingestRounds = 5;
const secondsARound = 4;
const workerRounds = 3;
const atLeast = 0.9;

const off = { OTEL_SDK_DISABLED: 'true' };

type Pair = { readonly on: number; readonly off: number };

export const benchTelemetry = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => [
  toFigure('ingest, one event a request, with telemetry', await measureIngest(bed, say)),
  toFigure('workers, backlog to all processors, with telemetry', await measureWorkers(bed, say)),
];

const measureIngest = async (bed: Bed, say: (text: string) => void): Promise<readonly Pair[]> => {
  const withIt = await bed.start('ingest', await bed.database('bench_telemetry_on'));
  const without = await bed.start('ingest', await bed.database('bench_telemetry_off'), off);
  let sent = 0;
  const round = async (url: string, seconds: number): Promise<number> =>
    demandClean(await saturate({ url, path: '/events', connections, seconds, body: () => eventBody(sent++) })).requestsPerSecond;
  await round(withIt.address, 2);
  await round(without.address, 2);
  const pairs: Pair[] = [];
  for (let n = 1; n <= ingestRounds; n++) {
    say(`one event a request with telemetry and without, round ${n} of ${ingestRounds}`);
    pairs.push({ on: await round(withIt.address, secondsARound), off: await round(without.address, secondsARound) });
  }
  await Promise.all([withIt.process.stop(), without.process.stop()]);
  return pairs;
};

const measureWorkers = async (bed: Bed, say: (text: string) => void): Promise<readonly Pair[]> => {
  const pairs: Pair[] = [];
  for (let n = 1; n <= workerRounds; n++) {
    say(`a backlog with telemetry and without, round ${n} of ${workerRounds}`);
    const withIt = await drainBacklog(bed, `bench_drain_on_${n}`, say);
    const without = await drainBacklog(bed, `bench_drain_off_${n}`, say, { environment: off });
    pairs.push({ on: withIt.eventsPerSecond, off: without.eventsPerSecond });
  }
  return pairs;
};

const toFigure = (name: string, pairs: readonly Pair[]): Figure => {
  const against = { what: 'the same without telemetry', value: median(pairs.map((pair) => pair.off)) };
  const ratio = median(pairs.map((pair) => pair.on / pair.off));
  return figure(name, median(pairs.map((pair) => pair.on)), 'events/s', against, { of: 'ratio', atLeast }, ratio);
};
