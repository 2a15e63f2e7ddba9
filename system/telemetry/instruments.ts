// Instruments, made from the catalogue alone: one name, one kind, exactly its attributes. Nothing else in the system creates one.
import type { Attributes, Counter, Histogram, Meter, ObservableGauge } from '@opentelemetry/api';
import { type CataloguedSignal, countBuckets, durationBucketsSeconds, signals } from '../contract/signals.ts';

type Observed<Kind extends string> = Extract<CataloguedSignal, { readonly kind: Kind; readonly source: 'observed' }>;

/** Each attribute may be left out, as `error.type` is where nothing failed; none may be added. */
export type AttributesOf<S extends CataloguedSignal> = Readonly<Partial<Record<S['attributes'][number], string | number | boolean>>>;

export type CatalogueCounter<S extends CataloguedSignal> = { add(value: number, attributes?: AttributesOf<S>): void };
export type CatalogueHistogram<S extends CataloguedSignal> = { record(value: number, attributes?: AttributesOf<S>): void };
export type Observation<S extends CataloguedSignal> = { readonly value: number; readonly attributes: AttributesOf<S> };

export type Instruments = {
  /** A counter that stands at 0 for the known attribute sets from the first export on, so that its first increment is not lost. */
  counter<S extends Observed<'counter'>>(signal: S, known?: readonly AttributesOf<S>[]): CatalogueCounter<S>;
  /** Buckets by unit: seconds, or counts. */
  histogram<S extends Observed<'histogram'>>(signal: S): CatalogueHistogram<S>;
  /** Asked at each export: one number, or one for each set of attributes. Disposing it ends the asking. */
  gauge<S extends Observed<'gauge'>>(signal: S, observe: () => number | readonly Observation<S>[]): Disposable;
};

export const createInstruments = (meter: Meter): Instruments => {
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const gauges = new Map<string, ObservableGauge>();
  return {
    counter: (signal, known = []) => {
      assertObserved(signal, 'counter');
      const counter = memoized(counters, signal.name, () => meter.createCounter(signal.name, describe(signal)));
      for (const attributes of known) counter.add(0, attributes as Attributes);
      if (known.length === 0 && isPlain(signal)) counter.add(0);
      return counter as CatalogueCounter<typeof signal>;
    },
    histogram: (signal) => {
      assertObserved(signal, 'histogram');
      const histogram = memoized(histograms, signal.name, () =>
        meter.createHistogram(signal.name, { ...describe(signal), advice: { explicitBucketBoundaries: bucketsOf(signal) } }),
      );
      return histogram as CatalogueHistogram<typeof signal>;
    },
    gauge: (signal, observe) => {
      assertObserved(signal, 'gauge');
      const gauge = memoized(gauges, signal.name, () => meter.createObservableGauge(signal.name, describe(signal)));
      return addObserver(gauge, observe as () => number | readonly Observation<CataloguedSignal>[]);
    },
  };
};

const describe = ({ unit, meaning }: CataloguedSignal) => ({ unit, description: meaning });

const isPlain = ({ attributes }: { readonly attributes: readonly string[] }) => attributes.length === 0;

const bucketsOf = ({ unit }: CataloguedSignal) => [...(unit === 's' ? durationBucketsSeconds : countBuckets)];

const addObserver = (gauge: ObservableGauge, observe: () => number | readonly Observation<CataloguedSignal>[]): Disposable => {
  const callback: Parameters<ObservableGauge['addCallback']>[0] = (result) => {
    const observed = observe();
    const observations = typeof observed === 'number' ? [{ value: observed, attributes: {} }] : observed;
    // JSON has no NaN: what can't be measured is absent, never 0.
    for (const { value, attributes } of observations) if (Number.isFinite(value)) result.observe(value, attributes);
  };
  gauge.addCallback(callback);
  return { [Symbol.dispose]: () => gauge.removeCallback(callback) };
};

const memoized = <Value>(made: Map<string, Value>, key: string, make: () => Value): Value => {
  const existing = made.get(key);
  if (existing !== undefined) return existing;
  const value = make();
  made.set(key, value);
  return value;
};

/** A programmer's error: types say it at compile time, this where they were cast away. */
const assertObserved = (signal: CataloguedSignal, kind: string) => {
  if (!Object.values(signals).includes(signal))
    throw new Error(`The signal '${signal.name}' is not in the catalogue: add it to system/contract/signals.ts.`);
  if (signal.kind !== kind) throw new Error(`The signal '${signal.name}' is a ${signal.kind}, not a ${kind}.`);
  if (signal.source !== 'observed') throw new Error(`The signal '${signal.name}' is accounted: only the books may export it.`);
};
