// Telemetry that lies, and alerts that do.
import type { RunData } from '../../../engine/run-data.ts';
import type { CheckerCase } from './checker-case.ts';
import { paused, quiet, slow, withSignals } from './runs.ts';

const lagOf = (change: (value: number, second: number) => number): RunData =>
  withSignals(slow(), ({ plots }) => ({
    plots: plots.map((plot) => ({
      ...plot,
      series: plot.series.map((series) => ({
        ...series,
        samples: series.samples.map(([at, value]) => [at, change(value, at - slow().timeline.zeroAt / 1000)] as const),
      })),
    })),
  }));

const finalsWith = (signal: string, add: number): RunData =>
  withSignals(quiet(), ({ finals }) => ({
    finals: finals.map((final) =>
      final.signal !== signal
        ? final
        : {
            ...final,
            series: final.series.map((each, index) =>
              index === 0 ? { ...each, samples: each.samples.map(([at, value]) => [at, value + add] as const) } : each,
            ),
          },
    ),
  }));

const firing = (alert: string): RunData => ({
  ...paused(),
  alerts:
    paused().alerts === null
      ? null
      : {
          ...paused().alerts!,
          alerts: [
            ...paused().alerts!.alerts,
            { alert, labels: {}, pending: [], firing: [{ from: paused().timeline.zeroAt + 500, to: null }] },
          ],
        },
});

export const agreementCases: readonly CheckerCase[] = [
  {
    check: 'agreement',
    bad: 'fail',
    red: ['the telemetry counts one event too many', () => finalsWith('faultline.log.appended', 1)],
    green: ['it counts them all', () => finalsWith('faultline.log.appended', 0)],
  },
  {
    check: 'lag',
    bad: 'fail',
    red: ['the lag signal says 0 while thousands wait', () => lagOf(() => 0)],
    green: [
      'it says 0 for two seconds, as an export that comes late',
      () => lagOf((value, second) => (second === 4 || second === 5 ? 0 : value)),
    ],
  },
  {
    check: 'traces',
    bad: 'fail',
    red: [
      'a trace lacks its consumer',
      () =>
        withSignals(quiet(), ({ traces }) => ({ traces: traces.map((trace) => ({ ...trace, complete: false, missing: ['consumer'] })) })),
    ],
    green: ['one trace was not looked for', () => withSignals(quiet(), ({ traces }) => ({ traces: traces.slice(1) }))],
  },
  {
    check: 'logs',
    bad: 'fail',
    red: [
      'log records lack their trace id',
      () =>
        withSignals(quiet(), ({ eventLogs }) => ({
          eventLogs: { ...eventLogs!, records: eventLogs!.records.map((record) => ({ ...record, traceId: null })) },
        })),
    ],
    green: ['they have it', quiet],
  },
  {
    check: 'detection',
    bad: 'fail',
    red: ['an alert fired that nothing gave cause for', () => firing('OutOfTheBlue')],
    green: ['the one that was due fired', paused],
  },
];
