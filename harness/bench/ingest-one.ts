// One event a request, durable and deduped, against the same process with only the commit stubbed out: what durability costs.
import type { Bed } from './bed.ts';
import { saturate, type ClosedLoopResult } from './closed-loop.ts';
import { eventBody } from './events.ts';
import { figure, median, type Figure } from './figure.ts';

const connections = 64;
const rounds = 3;
const secondsARound = 4;

/** The two take turns, so that a machine that slows down slows both. */
export const benchIngestOne = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const durable = await bed.start('ingest', await bed.database('bench_one'));
  const stubbed = await bed.start('ingest-without-commit', await bed.database('bench_stub'));
  const measured: { durable: ClosedLoopResult[]; stubbed: ClosedLoopResult[] } = { durable: [], stubbed: [] };
  let sent = 0;
  const round = (url: string, seconds: number): Promise<ClosedLoopResult> =>
    saturate({ url, path: '/events', connections, seconds, body: () => eventBody(sent++) });
  await round(stubbed.address, 2);
  await round(durable.address, 2);
  for (let n = 1; n <= rounds; n++) {
    say(`one event a request, round ${n} of ${rounds}`);
    measured.stubbed.push(demandClean(await round(stubbed.address, secondsARound)));
    measured.durable.push(demandClean(await round(durable.address, secondsARound)));
  }
  await durable.process.stop();
  await stubbed.process.stop();
  return toFigures(measured.durable, measured.stubbed);
};

/** A figure over refusals or broken connections would be a figure of something else. */
export const demandClean = (result: ClosedLoopResult): ClosedLoopResult => {
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`the target answered ${result.non2xx} requests with an error and broke ${result.errors}: nothing was measured`);
  return result;
};

const toFigures = (durable: readonly ClosedLoopResult[], stubbed: readonly ClosedLoopResult[]): readonly Figure[] => {
  const rate = (results: readonly ClosedLoopResult[]) => median(results.map(({ requestsPerSecond }) => requestsPerSecond));
  const p99 = (results: readonly ClosedLoopResult[]) => median(results.map(({ p99Ms }) => p99Ms));
  const what = 'the same process, commit stubbed out';
  return [
    figure(
      'ingest, one event a request, 64 connections',
      rate(durable),
      'events/s',
      { what, value: rate(stubbed) },
      { of: 'ratio', atLeast: 0.8 },
    ),
    figure(
      'ingest, one event a request, 64 connections: p99',
      p99(durable),
      'ms',
      { what, value: p99(stubbed) },
      { of: 'ratio', atMost: 3 },
    ),
  ];
};
