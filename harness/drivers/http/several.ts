// Several driver processes as one, where one core is not enough: each sends every n-th operation of the plan, all from the same zero, and what they wrote is one history.
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
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
  const endAll = async (): Promise<void> => void (await Promise.all(drivers.map((driver) => driver[Symbol.asyncDispose]())));
  const failure = started.find((each) => each.status === 'rejected');
  if (failure !== undefined) {
    await endAll();
    throw failure.reason;
  }
  const done = finish(drivers, parts, historyFile, endAll);
  // It is handed out below; until someone waits for it a failure must not count as unhandled.
  done.catch(() => {});
  return {
    pids: drivers.map(({ pid }) => pid) as [number, ...number[]],
    plannedOperations: drivers.reduce((sum, { plannedOperations }) => sum + plannedOperations, 0),
    go: (zeroAt) => drivers.forEach((driver) => driver.go(zeroAt)),
    done,
    [Symbol.asyncDispose]: async () => {
      await endAll();
      // Their history is joined once they have ended, however they did.
      await done.catch(() => undefined);
    },
  };
};

/** One that dies ends the others: as where there is but one, what was written until then is the history, and it has no end. */
const finish = async (
  drivers: readonly HttpDriver[],
  parts: readonly string[],
  historyFile: string,
  endAll: () => Promise<void>,
): Promise<DriverSummary> => {
  const summaries = await Promise.all(drivers.map(({ done }) => done)).catch(async (error: unknown) => {
    await endAll();
    await joinHistories(parts, historyFile);
    throw error;
  });
  const cut = await joinHistories(parts, historyFile);
  if (cut !== null) throw new HarnessError('FL_DRIVER_FAILED', `the HTTP driver failed: ${cut} was cut off`);
  return { ...mergeProgress(summaries), type: 'done', operations: summaries.reduce((sum, { operations }) => sum + operations, 0) };
};

/**
 * The first header, every operation, and a last line that counts them all. A part that is not whole makes the whole one not whole: it gets no last line.
 * Resolves with such a part; null: each is whole.
 */
const joinHistories = async (parts: readonly string[], historyFile: string): Promise<string | null> => {
  const begun = parts.filter((part) => existsSync(part));
  let cut = parts.find((part) => !begun.includes(part)) ?? null;
  // Before the first of them has begun there is no history.
  if (begun.length === 0) return cut;
  const out = createWriteStream(historyFile);
  let operations = 0;
  let hasHeader = false;
  for (const part of begun) {
    let ended = false;
    let line = 0;
    for await (const text of linesOf(part)) {
      line += 1;
      ended = text.startsWith('{"end":true');
      // Of one that died before it wrote anything there is none: then the next one's is the first.
      if (ended || (line === 1 && hasHeader)) continue;
      if (line === 1) hasHeader = true;
      else operations += 1;
      out.write(`${text}\n`);
    }
    if (!ended) cut ??= part;
  }
  out.end(cut === null ? `${JSON.stringify({ end: true, operations })}\n` : '');
  await finished(out);
  await Promise.all(begun.map((part) => rm(part)));
  return cut;
};

/** Without a last line that was torn when its process died: in the middle of a file it would hide all that follows. */
const linesOf = async function* (part: string): AsyncGenerator<string> {
  let held: string | null = null;
  for await (const text of createInterface({ input: createReadStream(part) })) {
    if (held !== null) yield held;
    held = text;
  }
  if (held !== null && isWhole(held)) yield held;
};

const isWhole = (line: string): boolean => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
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
