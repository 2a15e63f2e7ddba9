// What the plots of a load run show, on one time axis: latency, throughput, saturation; and the probes of a search over their rates.
import { align } from '../../report/html/buckets.ts';
import type { Band, Plot, ScenarioPlots } from '../../report/html/plot-data.ts';
import { milliseconds } from '../../report/console/numbers.ts';
import type { Stage } from '../plan/stage.ts';
import type { LoadResult, SaturationSample, SliceResult } from '../result.ts';
import { percent, rate } from './figures.ts';

export const loadPlots = ({ plan, measured }: Pick<LoadResult, 'plan' | 'measured'>): ScenarioPlots => {
  const bands = bandsOf(plan);
  const until = Math.max(1, ...bands.map(({ to }) => to));
  return {
    bands,
    marks: [],
    until,
    plots: [latencyPlot(measured.slices), throughputPlot(measured.slices, plan), loadPlot(measured.saturation), inFlightPlot(measured)],
  };
};

const bandKinds: Readonly<Record<Stage['kind'], string>> = { 'warm-up': 'warm-up', steady: 'steady', ramp: 'heal', spike: 'fault' };

const bandsOf = (plan: readonly Stage[]): readonly Band[] => {
  let from = 0;
  return plan.map(({ name, kind, seconds }) => {
    const band = { name, kind: bandKinds[kind], from, to: from + seconds };
    from = band.to;
    return band;
  });
};

const middle = ({ at, seconds }: SliceResult): number => at + seconds / 2;
const highest = (values: readonly (number | null)[]): number => Math.max(0, ...values.map((value) => value ?? 0));

const latencyPlot = (slices: readonly SliceResult[]): Plot => ({
  id: 'latency',
  title: 'Latency',
  unit: 'ms from the intended time, logarithmic',
  logarithmic: true,
  summary: `The highest p99 of a slice is ${milliseconds(highest(slices.map(({ p99 }) => p99)))}, the slowest request took ${milliseconds(highest(slices.map(({ max }) => max)))}.`,
  x: slices.map(middle),
  series: [
    { label: 'p50', role: 'second', values: slices.map(({ p50 }) => p50) },
    { label: 'p99', role: 'good', values: slices.map(({ p99 }) => p99) },
    { label: 'max', role: 'unknown', dashed: true, values: slices.map(({ max }) => max) },
  ],
});

/** What was due is drawn from the plan; answers and errors are counted at the time at which they were due, so that the lines can be compared. */
const throughputPlot = (slices: readonly SliceResult[], plan: readonly Stage[]): Plot => {
  let end = 0;
  const planned = plan.map(({ seconds, fromPerSecond, toPerSecond }) => {
    const x = [end, (end += seconds) - 1e-6];
    return { x, y: [fromPerSecond, toPerSecond] };
  });
  const per = (field: 'ok' | 'failed') => ({ x: slices.map(middle), y: slices.map((slice) => slice[field] / slice.seconds) });
  const { x, values } = align([{ x: planned.flatMap((line) => line.x), y: planned.flatMap((line) => line.y) }, per('ok'), per('failed')]);
  const [due = [], ok = [], failed = []] = values;
  return {
    id: 'throughput',
    title: 'Throughput',
    unit: 'requests a second',
    summary: `At most ${rate(highest(due))} were due, ${rate(highest(ok))} answered, ${rate(highest(failed))} ended with an error.`,
    x,
    series: [
      { label: 'due', role: 'planned', values: due },
      { label: 'answered', role: 'good', values: ok },
      ...(highest(failed) > 0 ? [{ label: 'errors', role: 'refused', values: failed } as const] : []),
    ],
  };
};

const loadPlot = (samples: readonly SaturationSample[]): Plot => ({
  id: 'saturation',
  title: 'Saturation',
  unit: 'per cent: event loop and CPU of the generator of one core, machine of all cores',
  summary: `The generator's event loop was busy up to ${percent(highest(samples.map(({ eventLoop }) => eventLoop)))}, the machine up to ${percent(highest(samples.map(({ machineCpu }) => machineCpu)))}.`,
  x: samples.map(({ at }) => at),
  series: [
    { label: 'generator, event loop', role: 'good', values: samples.map(({ eventLoop }) => eventLoop * 100) },
    { label: 'generator, CPU', role: 'second', values: samples.map(({ generatorCpu }) => generatorCpu * 100) },
    {
      label: 'machine',
      role: 'planned',
      dashed: true,
      values: samples.map(({ machineCpu }) => (machineCpu === null ? null : machineCpu * 100)),
    },
  ],
});

const inFlightPlot = ({ saturation, slices }: LoadResult['measured']): Plot => {
  const { x, values } = align([
    { x: saturation.map(({ at }) => at), y: saturation.map(({ inFlight }) => inFlight) },
    { x: saturation.map(({ at }) => at), y: saturation.map(({ waiting }) => waiting) },
    { x: slices.map(middle), y: slices.map(({ delayMaxMs }) => delayMaxMs) },
  ]);
  const [inFlight = [], waiting = [], delay = []] = values;
  return {
    id: 'in-flight',
    title: 'In flight, and the generator’s delay',
    unit: 'requests; ms',
    summary: `At most ${highest(inFlight)} were in flight, ${highest(waiting)} waited for a connection, and the generator was at most ${milliseconds(highest(delay))} late.`,
    x,
    series: [
      { label: 'in flight', role: 'good', values: inFlight },
      { label: 'waiting for a connection', role: 'refused', values: waiting },
      { label: 'worst delay of the generator, ms', role: 'unknown', dashed: true, values: delay },
    ],
  };
};
