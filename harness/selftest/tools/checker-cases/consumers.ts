// What those who consume elsewhere are promised, not kept.
import { withRows, type SimulatedRun } from '../../../checkers/testing/simulated-run.ts';
import type { ConsumedLine } from '../../../history/consumed-line.ts';
import type { CheckerCase } from './checker-case.ts';
import { consumed, quiet, withSignals } from './runs.ts';

const withLines = (change: (lines: readonly ConsumedLine[]) => readonly ConsumedLine[]): SimulatedRun => ({
  ...consumed(),
  consumed: { complete: true, rows: change(consumed().consumed!.rows) },
});

/** The zombie works and dies first; the heir has its lanes after it. */
const [zombie, heir] = ['consumer-0-1', 'consumer-1-1'];

const withoutLast = (by: string, kind: ConsumedLine['kind']): SimulatedRun =>
  withLines((lines) => {
    const last = lines.findLastIndex((line) => line.by === by && line.kind === kind);
    return lines.toSpliced(last, 1);
  });

const told = (by: string, outcome: string): SimulatedRun =>
  withLines((lines) => {
    const last = lines.findLast((line) => line.by === by && line.kind === 'answered');
    return lines.map((line) =>
      line === last && line.kind === 'answered' ? { ...line, results: line.results!.map((result) => ({ ...result, outcome })) } : line,
    );
  });

/** The last events that were handed out, a minute later. */
const givenLate = (by: string, count: number): SimulatedRun =>
  withLines((lines) => {
    const late = new Set(lines.filter((line) => line.by === by && line.kind === 'given').slice(-count));
    return lines.map((line) => (late.has(line) ? { ...line, at: line.at + 60_000 } : line));
  });

const ended = (by: number): SimulatedRun =>
  withRows(consumed(), 'consumer-lane', (rows) => rows.map((row) => ({ ...row, position: row.position + by })));

const saidLag = (change: (value: number, index: number) => number): SimulatedRun =>
  withSignals(consumed(), ({ plots }) => ({
    plots: plots.map((plot) => {
      if (plot.name !== 'consumer-lag') return plot;
      const series = plot.series.map((each) => ({
        ...each,
        samples: each.samples.map(([at, value], index) => [at, change(value, index)] as const),
      }));
      return { ...plot, series };
    }),
  }));

export const consumerCases: readonly CheckerCase[] = [
  {
    check: 'consumed-at-least-once',
    bad: 'fail',
    red: ['nobody was done with one event', () => withoutLast(heir, 'done')],
    green: ['one was done twice, and by the first alone not at all', () => withoutLast(zombie, 'done')],
  },
  {
    check: 'consumed-in-order',
    bad: 'fail',
    red: [
      'one position was left out',
      () =>
        withLines((lines) =>
          lines.toSpliced(
            lines.findIndex(({ kind }) => kind === 'given'),
            1,
          ),
        ),
    ],
    green: ['the last of a lane was not given before its owner died', () => withoutLast(zombie, 'given')],
  },
  {
    check: 'checkpoint-never-ahead',
    bad: 'fail',
    red: ['a checkpoint covers what was handed out and not done', () => withoutLast(heir, 'done')],
    green: ['one that was refused does', () => withoutLast(zombie, 'done')],
  },
  {
    check: 'redelivery-bounded',
    bad: 'fail',
    red: ['the lanes stand one before the last checkpoint', () => ended(-1)],
    green: ['they stand at it', consumed],
  },
  {
    check: 'consumer-zombie-fenced',
    bad: 'fail',
    red: ['a zombie moved a checkpoint', () => told(zombie, 'moved')],
    green: ['it was fenced', consumed],
  },
  {
    check: 'given-under-lease',
    bad: 'fail',
    red: ['the client handed an event out after its lease was over', () => givenLate(zombie, 1)],
    green: ['one who is written by hand did', () => givenLate(heir, 1)],
  },
  {
    check: 'consumer-lag',
    bad: 'fail',
    red: ['the telemetry says that nobody is behind', () => saidLag(() => 0)],
    green: ['one export came late', () => saidLag((value, index) => (index === 8 ? 0 : value))],
  },
  {
    check: 'consumer-fencing-seen',
    parameters: { atLeast: 1 },
    bad: 'inconclusive',
    red: ['nobody consumes elsewhere', quiet],
    green: ['a zombie was fenced', consumed],
  },
  {
    check: 'consumer-redeliveries-seen',
    parameters: { atLeast: 1 },
    bad: 'inconclusive',
    red: ['nobody consumes elsewhere', quiet],
    green: ['what the first was not done with came again', consumed],
  },
];
