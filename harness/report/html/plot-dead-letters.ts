// Dead letters over time: as the target's tables hold them at the end, by the time at which each was parked, and as the telemetry counted them.
import type { RunData } from '../../engine/run-data.ts';
import { indexOf, processors } from '../../history/run-index.ts';
import { count } from '../console/numbers.ts';
import { align, bucketMiddles, bucketSeconds, type Line, sampleLine } from './buckets.ts';
import type { Plot, PlotSeries } from './plot-data.ts';

type Drawn = Omit<PlotSeries, 'values'> & { readonly line: Line };

export const deadLetterPlot = (run: RunData, until: number): Plot => {
  const parked = indexOf(run).rows.parked.filter(({ state, reasonCode }) => state === 'parked' && reasonCode !== null);
  const drawn = processors.flatMap((processor): readonly Drawn[] => {
    const times = parked.filter((row) => row.processor === processor).map(({ parkedAt }) => parkedAt - run.timeline.zeroAt);
    const telemetry = run.signals?.plots
      .find(({ name }) => name === 'dead-letters')
      ?.series.find(({ labels }) => labels['faultline_processor'] === processor);
    const role = processor === 'events' ? 'first' : 'second';
    const seen =
      telemetry === undefined
        ? []
        : [
            {
              label: `processor ${processor}, telemetry`,
              role,
              dashed: true,
              line: sampleLine(telemetry.samples, run.timeline.zeroAt),
            } as const,
          ];
    return [{ label: `processor ${processor}, tables`, role, stepped: true, line: growing(times, until) }, ...seen];
  });
  const { x, values } = align(drawn.map(({ line }) => line));
  const series = drawn.map(({ line: _line, ...style }, index) => ({ ...style, values: values[index] ?? [] }));
  const summary =
    parked.length === 0 ? 'There was no dead letter at any time.' : `${count(parked.length)} events were dead letters at the end.`;
  return { id: 'dead-letters', title: 'Dead letters', unit: 'events parked for good', summary, x, series };
};

const growing = (timesMs: readonly number[], until: number): Line => {
  const x = bucketMiddles(until);
  return { x, y: x.map((middle) => timesMs.filter((time) => time <= (middle + bucketSeconds / 2) * 1000).length) };
};
