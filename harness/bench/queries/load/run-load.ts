// Makes the exports of the fleet, some seconds at a time, and sends them as fast as they are taken. Only the sending is timed.
import { Client } from 'undici';
import { cpuSecondsOf } from '../../../engine/machine/process-cpu.ts';
import { createFleet, pointsOf, samplesOf } from '../fleet/fleet.ts';
import type { ExportAt } from '../fleet/member-exports.ts';
import { createExports } from '../fleet/member-exports.ts';
import { encodeExport } from './encode-export.ts';
import type { LoadJob, LoadedStretch } from './protocol.ts';
import { sendLanes } from './send-lanes.ts';

/** Made ahead and held in memory: about 3 MB of bodies. */
const secondsAtOnce = 10;

type Source = { readonly exports: readonly ExportAt[]; readonly clients: readonly Client[]; readonly path: string; readonly job: LoadJob };

type Stretch = LoadJob['stretches'][number];

/** Everything of one process goes to one lane, second by second. */
const lanesOf = ({ exports, clients }: Source, { encoding }: Stretch, fromMs: number, seconds: number): readonly (readonly Buffer[])[] => {
  const lanes: Buffer[][] = clients.map(() => []);
  for (let second = 0; second < seconds; second += 1) {
    exports.forEach((exportAt, index) => lanes[index % lanes.length]!.push(encodeExport(exportAt(fromMs + second * 1_000), encoding)));
  }
  return lanes;
};

type Spent = { wallSeconds: number; receiverCpuSeconds: number; senderCpuSeconds: number };

const timed = async (spent: Spent, receiverPid: number, run: () => Promise<void>): Promise<void> => {
  const read = async (): Promise<number> => (await cpuSecondsOf([receiverPid], false)) ?? NaN;
  const [cpu, own, beganAt] = [await read(), process.cpuUsage(), performance.now()];
  await run();
  spent.wallSeconds += (performance.now() - beganAt) / 1_000;
  const used = process.cpuUsage(own);
  spent.senderCpuSeconds += (used.user + used.system) / 1e6;
  spent.receiverCpuSeconds += (await read()) - cpu;
};

const loadStretch = async (source: Source, stretch: Stretch, fromMs: number): Promise<LoadedStretch> => {
  const { clients, path, job } = source;
  const { encoding, seconds } = stretch;
  const spent: Spent = { wallSeconds: 0, receiverCpuSeconds: 0, senderCpuSeconds: 0 };
  let [requests, bytes] = [0, 0];
  for (let second = 0; second < seconds; second += secondsAtOnce) {
    const lanes = lanesOf(source, stretch, fromMs + second * 1_000, Math.min(secondsAtOnce, seconds - second));
    await timed(spent, job.receiverPid, () => sendLanes(clients, path, lanes, encoding));
    requests += lanes.flat().length;
    bytes += lanes.flat().reduce((sum, body) => sum + body.length, 0);
  }
  const fleet = createFleet(job.contents);
  const perSecond = (count: (member: (typeof fleet)[number]) => number): number => fleet.reduce((sum, member) => sum + count(member), 0);
  return {
    encoding,
    contents: job.contents,
    samples: perSecond(samplesOf) * seconds,
    points: perSecond(pointsOf) * seconds,
    requests,
    bytes,
    ...spent,
  };
};

export const runLoad = async (job: LoadJob): Promise<readonly LoadedStretch[]> => {
  const { origin, pathname } = new URL(job.url);
  const exports = createFleet(job.contents).map((member) => createExports(member, job.seed, job.fromMs));
  const clients = Array.from({ length: job.connections }, () => new Client(origin));
  const source: Source = { exports, clients, path: pathname, job };
  try {
    const loaded: LoadedStretch[] = [];
    let { fromMs } = job;
    for (const stretch of job.stretches) {
      loaded.push(await loadStretch(source, stretch, fromMs));
      fromMs += stretch.seconds * 1_000;
    }
    return loaded;
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
};
