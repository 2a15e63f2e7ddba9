// One event a request, durable and deduped, against the same process with only the commit stubbed out: what durability costs.
import type { Bed } from './bed.ts';
import { saturate, type ClosedLoopResult } from './closed-loop.ts';
import { eventBody } from './events.ts';
import { figure, median, type Figure } from './figure.ts';

/** So few wait for one commit after the other, whatever the processors do; with so many the processors are what is measured. */
const senders = [64, 256] as const;
const rounds = 3;
const secondsARound = 4;

/** The two take turns, so that a machine that slows down slows both. */
export const benchIngestOne = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const durable = await bed.start('ingest', await bed.database('bench_one'));
  const stubbed = await bed.start('ingest-without-commit', await bed.database('bench_stub'));
  let sent = 0;
  const round = (url: string, connections: number, seconds: number): Promise<ClosedLoopResult> =>
    saturate({ url, path: '/events', connections, seconds, body: () => eventBody(sent++) });
  const figures: Figure[] = [];
  for (const connections of senders) {
    const measured: { durable: ClosedLoopResult[]; stubbed: ClosedLoopResult[] } = { durable: [], stubbed: [] };
    await round(stubbed.address, connections, 2);
    await round(durable.address, connections, 2);
    for (let n = 1; n <= rounds; n++) {
      say(`one event a request, ${connections} connections, round ${n} of ${rounds}`);
      measured.stubbed.push(demandClean(await round(stubbed.address, connections, secondsARound)));
      measured.durable.push(demandClean(await round(durable.address, connections, secondsARound)));
    }
    figures.push(...toFigures(connections, measured.durable, measured.stubbed));
  }
  await durable.process.stop();
  await stubbed.process.stop();
  return figures;
};

/** A figure over refusals or broken connections would be a figure of something else. */
export const demandClean = (result: ClosedLoopResult): ClosedLoopResult => {
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`the target answered ${result.non2xx} requests with an error and broke ${result.errors}: nothing was measured`);
  return result;
};

const toFigures = (connections: number, durable: readonly ClosedLoopResult[], stubbed: readonly ClosedLoopResult[]): readonly Figure[] => {
  const rate = (results: readonly ClosedLoopResult[]) => median(results.map(({ requestsPerSecond }) => requestsPerSecond));
  const p99 = (results: readonly ClosedLoopResult[]) => median(results.map(({ p99Ms }) => p99Ms));
  const what = 'the same process, commit stubbed out';
  return [
    figure(
      `ingest, one event a request, ${connections} connections`,
      rate(durable),
      'events/s',
      { what, value: rate(stubbed) },
      { of: 'ratio', atLeast: 0.8 },
    ),
    figure(
      `ingest, one event a request, ${connections} connections: p99`,
      p99(durable),
      'ms',
      { what, value: p99(stubbed) },
      { of: 'ratio', atMost: 3 },
    ),
  ];
};
