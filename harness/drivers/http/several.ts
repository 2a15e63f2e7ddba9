// Several driver processes as one, where one core is not enough: each sends every n-th operation of the plan, all from the same zero, and what they wrote is one history.
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { HarnessError } from '../../engine/errors.ts';
import { type HttpDriver, type HttpDriverOptions, startHttpDriver } from './driver.ts';
import type { DriverProgress, DriverSummary, PhaseProgress } from '../progress.ts';

export type SeveralOptions = Omit<HttpDriverOptions, 'share'> & { readonly processes: number };

/** The same as one driver, but for its pids. */
export type SeveralDrivers = Omit<HttpDriver, 'pid'> & { readonly pids: readonly [number, ...number[]] };

/** One process is one driver, and its history is its own. */
export const startHttpDrivers = async ({ processes, ...options }: SeveralOptions): Promise<SeveralDrivers> => {
  if (processes > 1) return startAll({ processes, ...options });
  const driver = await startHttpDriver(options);
  return { ...driver, pids: [driver.pid] };
};

const startAll = async ({ processes, onProgress, historyFile, ...options }: SeveralOptions): Promise<SeveralDrivers> => {
  const last: (DriverProgress | undefined)[] = Array.from({ length: processes });
  const parts = Array.from({ length: processes }, (_, index) => `${historyFile}.part-${index}`);
  const connections = options.connections === undefined ? {} : { connections: Math.max(1, Math.ceil(options.connections / processes)) };
  const started = await Promise.allSettled(
    parts.map((part, index) =>
      startHttpDriver({
        ...options,
        ...connections,
        historyFile: part,
        share: { index, of: processes },
        onProgress: (progress) => {
          last[index] = progress;
          onProgress?.({ type: 'progress', ...mergeProgress(last.filter((each) => each !== undefined)) });
        },
      }),
    ),
  );
  const drivers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const end = async (): Promise<void> => void (await Promise.all(drivers.map((driver) => driver[Symbol.asyncDispose]())));
  const failure = started.find((each) => each.status === 'rejected');
  if (failure !== undefined) {
    await end();
    throw failure.reason;
  }
  const done = Promise.all(drivers.map((driver) => driver.done)).then((summaries) => finish(summaries, parts, historyFile));
  // It is handed out below; until someone waits for it a failure must not count as unhandled.
  done.catch(() => {});
  return {
    pids: drivers.map(({ pid }) => pid) as [number, ...number[]],
    plannedOperations: drivers.reduce((sum, { plannedOperations }) => sum + plannedOperations, 0),
    go: (zeroAt) => drivers.forEach((driver) => driver.go(zeroAt)),
    done,
    [Symbol.asyncDispose]: end,
  };
};

const finish = async (summaries: readonly DriverSummary[], parts: readonly string[], historyFile: string): Promise<DriverSummary> => {
  await joinHistories(parts, historyFile);
  return { ...mergeProgress(summaries), type: 'done', operations: summaries.reduce((sum, { operations }) => sum + operations, 0) };
};

/** The first header, every operation, and a last line that counts them all. A part that is not whole makes the whole one not whole: it gets no last line. */
const joinHistories = async (parts: readonly string[], historyFile: string): Promise<void> => {
  const out = createWriteStream(historyFile);
  let operations = 0;
  for (const [index, part] of parts.entries()) {
    let ended = false;
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(part) })) {
      line += 1;
      ended = text.startsWith('{"end":true');
      if (ended || (line === 1 && index > 0)) continue;
      if (line > 1) operations += 1;
      out.write(`${text}\n`);
    }
    if (!ended) throw new HarnessError('FL_DRIVER_FAILED', `the HTTP driver failed: ${part} was cut off`);
  }
  out.end(`${JSON.stringify({ end: true, operations })}\n`);
  await finished(out);
  await Promise.all(parts.map((part) => rm(part)));
};

export const mergeProgress = (all: readonly Omit<DriverProgress, 'type'>[]): Omit<DriverProgress, 'type'> => {
  const sum = (field: 'sent' | 'done' | 'ok' | 'failed' | 'unknown' | 'inFlight'): number =>
    all.reduce((total, each) => total + each[field], 0);
  const unreadable = all.find((each) => each.unreadable !== undefined)?.unreadable;
  return {
    atMs: Math.max(...all.map(({ atMs }) => atMs)),
    sent: sum('sent'),
    done: sum('done'),
    ok: sum('ok'),
    failed: sum('failed'),
    unknown: sum('unknown'),
    inFlight: sum('inFlight'),
    latenessMaxMs: Math.max(...all.map(({ latenessMaxMs }) => latenessMaxMs)),
    phases: (all[0]?.phases ?? []).map((_, index) => mergePhase(all.flatMap(({ phases }) => phases[index] ?? []))),
    latency: {
      boundsSeconds: all[0]?.latency.boundsSeconds ?? [],
      counts: (all[0]?.latency.counts ?? []).map((_, index) => all.reduce((total, { latency }) => total + (latency.counts[index] ?? 0), 0)),
      sumSeconds: all.reduce((total, { latency }) => total + latency.sumSeconds, 0),
    },
    ...(unreadable === undefined ? {} : { unreadable }),
  };
};

/** Percentiles can't be added up: the worst process's stand for all. They are for the status line; what is judged comes from the history. */
const mergePhase = (parts: readonly PhaseProgress[]): PhaseProgress => {
  const sum = (field: 'done' | 'ok' | 'failed' | 'unknown'): number => parts.reduce((total, each) => total + each[field], 0);
  const latencies = parts.flatMap(({ latencyMs }) => latencyMs ?? []);
  const worst = (field: 'p50' | 'p99' | 'p999' | 'max'): number => Math.max(...latencies.map((each) => each[field]));
  return {
    phase: parts[0]?.phase ?? '',
    done: sum('done'),
    ok: sum('ok'),
    failed: sum('failed'),
    unknown: sum('unknown'),
    latencyMs: latencies.length === 0 ? null : { p50: worst('p50'), p99: worst('p99'), p999: worst('p999'), max: worst('max') },
  };
};
