// Lag of each processor by both witnesses: from the history alone (solid), and as the telemetry showed it (dashed).
import type { RunData } from '../../engine/run-data.ts';
import { lagHistory } from '../../history/lag-history.ts';
import { processors } from '../../history/run-index.ts';
import { count } from '../console/numbers.ts';
import { align, bucketMiddles, bucketSeconds, type Line, sampleLine } from './buckets.ts';
import type { Plot, PlotSeries } from './plot-data.ts';

type Drawn = Omit<PlotSeries, 'values'> & { readonly line: Line };

const roleOf = { events: 'first', timelines: 'second' } as const;

export const lagPlot = (run: RunData, until: number): Plot => {
  const drawn = processors.flatMap((processor): readonly Drawn[] => {
    const role = roleOf[processor];
    const telemetry = run.signals?.plots
      .find(({ name }) => name === 'lag')
      ?.series.find(({ labels }) => labels['faultline_processor'] === processor);
    const seen =
      telemetry === undefined
        ? []
        : [{ label: `processor ${processor}, telemetry`, role, dashed: true, line: sampleLine(telemetry.samples, run.timeline.zeroAt) }];
    return [{ label: `processor ${processor}, history`, role, line: historyLine(run, processor, until) }, ...seen];
  });
  const { x, values } = align(drawn.map(({ line }) => line));
  const series = drawn.map(({ line: _line, ...style }, index) => ({ ...style, values: values[index] ?? [] }));
  const peaks = processors.map((processor) => `processor ${processor} at most ${count(lagHistory(run, processor).peak.value)}`);
  const summary = `Events acknowledged and not yet passed, by the history: ${peaks.join(', ')}.`;
  return { id: 'lag', title: 'Lag', unit: 'events waiting', summary, x, series };
};

/** The highest value in each bucket: a short peak must not fall between two points. */
const historyLine = (run: RunData, processor: string, until: number): Line => {
  const lag = lagHistory(run, processor);
  const x = bucketMiddles(until);
  const { zeroAt } = run.timeline;
  const y = x.map(
    (middle) => lag.range(zeroAt + (middle - bucketSeconds / 2) * 1000, zeroAt + (middle + bucketSeconds / 2) * 1000).highest,
  );
  return { x, y };
};
