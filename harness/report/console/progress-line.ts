// One progress event as one line of plain text; null for what is only worth a status line that is written over.
import type { Progress, TrafficProgress } from '../../engine/progress.ts';
import { count, milliseconds, seconds } from './numbers.ts';

export const progressLine = (progress: Progress): string | null => {
  switch (progress.kind) {
    case 'run-started':
      return `run ${progress.id}, seed ${progress.seed}: ${progress.scenarios.join(', ')}\nfolder ${progress.folder}`;
    case 'warning':
      return `note: ${progress.text}`;
    case 'ready':
      return `${progress.what === 'system' ? '  ' : ''}${progress.what} ready in ${seconds(progress.afterMs / 1000)}${progress.detail === undefined ? '' : ` (${progress.detail})`}`;
    case 'scenario-started':
      return `\n[${progress.number}/${progress.of}] ${progress.scenario}: ${progress.title}\n  ${count(progress.operations)} operations over ${progress.seconds} s`;
    case 'fault':
      return `  fault ${progress.fault}: ${progress.text}`;
    case 'scenario-judged':
      return `  ${progress.verdict.verdict} after ${seconds(progress.seconds)}`;
    case 'scenario-failed':
      return `  ${progress.scenario} could not be run: ${progress.message}`;
    case 'phase':
    case 'traffic':
    case 'step':
      return null;
  }
};

/** `steady       501/s   5,012 of 6,000  ok 5,010  refused 2  unknown 0  p99 12.3 ms  lag 14` */
export const trafficLine = (traffic: TrafficProgress, lag: number | null): string =>
  [
    `  ${traffic.phase.padEnd(10)}`,
    `${count(traffic.ratePerSecond)}/s`.padStart(8),
    `${count(traffic.done)} of ${count(traffic.total)}`.padStart(17),
    `ok ${count(traffic.ok)}`,
    `refused ${count(traffic.failed)}`,
    `unknown ${count(traffic.unknown)}`,
    `p99 ${milliseconds(traffic.p99Ms)}`,
    `lag ${lag === null ? '-' : count(lag)}`,
  ].join('  ');
