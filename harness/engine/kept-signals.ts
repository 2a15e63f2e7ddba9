// signals.json holds what the telemetry answered. A query can give NaN and infinities, for which JSON has no numbers: they are kept as Prometheus writes
// them. As `null` they would be taken for 0 when a run is judged from its folder, which is how every run is judged.
import type { Sample, Series, SignalsRecord } from './run-data.ts';

type Kept = readonly [atSeconds: number, value: number | string | null];

const special: Readonly<Record<string, number>> = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity };

const textOf = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf');

const keep = ([at, value]: Sample): Kept => [at, Number.isFinite(value) ? value : textOf(value)];

/** null is what became of them in files of before. */
const take = ([at, value]: Kept): Sample => [at, typeof value === 'number' ? value : (special[value ?? 'NaN'] ?? Number.NaN)];

const changed =
  (change: (sample: never) => unknown) =>
  <Asked extends { readonly series: readonly Series[] }>(asked: Asked): Asked => ({
    ...asked,
    series: asked.series.map((one) => ({ ...one, samples: one.samples.map((sample) => change(sample as never) as Sample) })),
  });

const withSamples = ({ budgets, finals, plots, ...rest }: SignalsRecord, change: (sample: never) => unknown): SignalsRecord => ({
  ...rest,
  budgets: budgets.map(changed(change)),
  finals: finals.map(changed(change)),
  plots: plots.map(changed(change)),
});

/** As JSON can hold it. */
export const keptSignals = (signals: SignalsRecord): SignalsRecord => withSamples(signals, keep);

/** The numbers again. */
export const takenSignals = (kept: SignalsRecord): SignalsRecord => withSamples(kept, take);
