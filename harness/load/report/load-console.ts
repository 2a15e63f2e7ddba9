// The console of a load run: a status line while it goes on (a line every five seconds where there is no terminal), then one screen that explains itself.
import type { Clock } from '../../engine/clock.ts';
import { colorsFor } from '../../report/console/colors.ts';
import type { ConsoleStream } from '../../report/console/console.ts';
import { count, milliseconds, seconds } from '../../report/console/numbers.ts';
import type { Probe } from '../capacity/capacity-result.ts';
import type { Stage } from '../plan/stage.ts';
import type { LoadResult } from '../result.ts';
import type { LoadProgress } from '../worker/protocol.ts';
import { percent, rate } from './figures.ts';
import { renderLoadSummary } from './load-summary.ts';

export type LoadConsole = {
  say(text: string): void;
  onProgress(stages: readonly Stage[], progress: readonly LoadProgress[]): void;
  onProbe(probe: Probe): void;
  finish(result: LoadResult, folder: string): void;
};

export type LoadConsoleOptions = {
  readonly out: ConsoleStream;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

const plainEveryMs = 5000;
const liveEveryMs = 250;

export const createLoadConsole = ({ out, clock, environment }: LoadConsoleOptions): LoadConsole => {
  const live = out.isTTY === true;
  const colors = colorsFor(out, environment);
  let saidAt = clock.now();
  let before = { atMs: 0, done: 0 };
  const say = (text: string): void => void out.write(`${live ? '\r\u001b[K' : ''}${text}\n`);
  return {
    say,
    onProgress: (stages, progress) => {
      const now = clock.now();
      if (now - saidAt < (live ? liveEveryMs : plainEveryMs)) return;
      saidAt = now;
      const total = totalOf(progress);
      if (total.atMs < before.atMs || total.done < before.done) before = { atMs: 0, done: 0 };
      const perSecond = ((total.done - before.done) * 1000) / Math.max(1, total.atMs - before.atMs);
      before = total;
      const line = progressLine(stages, progress, perSecond);
      if (live) out.write(`\r\u001b[K${line.slice(0, (out.columns ?? 120) - 1)}`);
      else say(line);
    },
    onProbe: (probe) => say(probeLine(probe)),
    finish: (result, folder) => say(renderLoadSummary(result, folder, colors)),
  };
};

const totalOf = (progress: readonly LoadProgress[]) => ({
  atMs: Math.max(0, ...progress.map(({ atMs }) => atMs)),
  done: progress.reduce((sum, { ok, failed }) => sum + ok + failed, 0),
});

/** `steady   12.3 of 30.0 s   501/s  sent 6,120  ok 6,118  errors 2  in flight 4  p99 12.3 ms  late 0%` */
export const progressLine = (stages: readonly Stage[], progress: readonly LoadProgress[], perSecond: number): string => {
  const sum = (field: 'sent' | 'ok' | 'failed' | 'late' | 'inFlight'): number => progress.reduce((total, each) => total + each[field], 0);
  const atSeconds = Math.max(0, ...progress.map(({ atMs }) => atMs)) / 1000;
  const p99s = progress.flatMap(({ p99Ms }) => p99Ms ?? []);
  return [
    `  ${phaseAt(stages, atSeconds).padEnd(8)}`,
    `${atSeconds.toFixed(1)} of ${seconds(stages.reduce((total, stage) => total + stage.seconds, 0))}`.padStart(15),
    rate(perSecond).padStart(8),
    `sent ${count(sum('sent'))}`,
    `ok ${count(sum('ok'))}`,
    `errors ${count(sum('failed'))}`,
    `in flight ${count(sum('inFlight'))}`,
    `p99 ${milliseconds(p99s.length === 0 ? null : Math.max(...p99s))}`,
    `late ${percent(sum('sent') === 0 ? 0 : sum('late') / sum('sent'))}`,
  ].join('  ');
};

const phaseAt = (stages: readonly Stage[], atSeconds: number): string => {
  let end = 0;
  for (const { name, seconds: length } of stages) {
    end += length;
    if (atSeconds < end) return name;
  }
  return 'answers';
};

const probeLine = ({ ratePerSecond, purpose, outcome, p99, errorShare, lateRatio, because }: Probe): string =>
  [
    `  ${rate(ratePerSecond).padStart(9)}`,
    purpose.padEnd(7),
    outcome.padEnd(8),
    `p99 ${milliseconds(p99)}`.padEnd(14),
    `errors ${percent(errorShare)}`.padEnd(11),
    `late ${percent(lateRatio)}`,
    because === null ? '' : `(${because})`,
  ].join('  ');
