// Rate: what was planned, against what was acknowledged, refused, or ended unknown, each at the time at which it happened.
import type { RunData } from '../../engine/run-data.ts';
import type { Operation } from '../../history/operation.ts';
import { count } from '../console/numbers.ts';
import { bucketMiddles, ratesOf } from './buckets.ts';
import type { Plot, PlotSeries } from './plot-data.ts';

export const ratePlot = ({ operations }: RunData, until: number): Plot => {
  const x = bucketMiddles(until);
  const rates = (times: readonly number[]) => ratesOf(times, x.length);
  const ended = (outcome: Operation['outcome']) =>
    rates(operations.filter((operation) => operation.outcome === outcome).map(({ doneAt }) => doneAt));
  const planned = rates(operations.map(({ intendedAt }) => intendedAt));
  const ok = ended('ok');
  const failed = ended('failed');
  const unknown = ended('unknown');
  const series: readonly PlotSeries[] = [
    { label: 'planned', role: 'planned', values: planned },
    { label: 'acknowledged', role: 'good', values: ok },
    ...(some(failed) ? [{ label: 'refused', role: 'refused', values: failed } as const] : []),
    ...(some(unknown) ? [{ label: 'outcome unknown', role: 'unknown', values: unknown } as const] : []),
  ];
  const summary = `At most ${peak(planned)}/s planned, ${peak(ok)}/s acknowledged, ${some(failed) ? `${peak(failed)}/s refused` : 'nothing refused'}.`;
  return { id: 'rate', title: 'Rate', unit: 'events a second', summary, x, series };
};

const some = (values: readonly number[]): boolean => values.some((value) => value > 0);
const peak = (values: readonly number[]): string => count(Math.max(0, ...values));
