// The console: live progress while a run goes on, then one screen that explains itself. Writes to one stream and keeps nothing else.
import type { Clock } from '../../engine/clock.ts';
import type { Progress } from '../../engine/progress.ts';
import type { RunManifest } from '../../engine/run-data.ts';
import type { RunVerdict } from '../../engine/verdict.ts';
import { colorsFor } from './colors.ts';
import { progressLine, trafficLine } from './progress-line.ts';
import { renderSummary } from './summary.ts';

export type ConsoleStream = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

export type ConsoleOptions = {
  readonly out: ConsoleStream;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export type Console = {
  onProgress(progress: Progress): void;
  /** A line of its own, above the status line. */
  say(text: string): void;
  finish(manifest: RunManifest, verdict: RunVerdict, folder: string): void;
};

/** Without a terminal a line of traffic comes this often. */
const plainEveryMs = 5000;

export const createConsole = ({ out, clock, environment }: ConsoleOptions): Console => {
  const live = out.isTTY === true;
  const colors = colorsFor(out, environment);
  let phase = '';
  let saidAt = 0;
  let last = '';
  const say = (text: string): void => void out.write(`${live ? '\r\u001b[K' : ''}${text}\n`);
  const status = (text: string): void => void out.write(`\r\u001b[K${text.slice(0, (out.columns ?? 120) - 1)}`);
  /** A phase's last status line stays on the screen when the next begins. */
  const keepLast = (): void => {
    if (last !== '') say(last);
    last = '';
  };
  const onTraffic = (progress: Extract<Progress, { kind: 'traffic' }>): void => {
    const line = trafficLine(progress.traffic, progress.lag);
    if (progress.traffic.phase !== phase) keepLast();
    phase = progress.traffic.phase;
    if (live) {
      last = line;
      status(line);
    } else if (clock.now() - saidAt >= plainEveryMs) {
      saidAt = clock.now();
      say(line);
    } else last = line;
  };
  return {
    say: (text) => say(text),
    onProgress: (progress) => {
      if (progress.kind === 'traffic') return onTraffic(progress);
      if (progress.kind === 'step') {
        keepLast();
        return live ? status(`  ${progress.text} …`) : undefined;
      }
      const line = progressLine(progress);
      if (line === null) return undefined;
      if (progress.kind === 'scenario-judged') keepLast();
      // The first line of traffic is worth waiting for.
      if (progress.kind === 'scenario-started') saidAt = clock.now();
      say(progress.kind === 'fault' || progress.kind === 'warning' ? colors.dim(line) : line);
    },
    finish: (manifest, verdict, folder) => say(renderSummary({ manifest, verdict, folder, colors, columns: out.columns ?? 120 })),
  };
};
