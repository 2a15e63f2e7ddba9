// What the catalogue says of one metric, and how its entries are written.

export type SignalKind = 'counter' | 'gauge' | 'histogram';

/** accounted: read from the books, exact, exported by the one elected worker. observed: counted in a process; a kill may lose one export interval. */
export type SignalSource = 'accounted' | 'observed';

/** What the books' export says of a gauge whose labels the books have no more: 0 where that is true (none is parked), nothing where it would be false. */
export type Vanished = 'zero' | 'absent';

export type Signal = {
  readonly name: string;
  /** UCUM, as OpenTelemetry wants it. */
  readonly unit: string;
  readonly kind: SignalKind;
  readonly source: SignalSource;
  readonly meaning: string;
  readonly attributes: readonly string[];
  /** The name after Prometheus' translation of OTLP (a histogram's base name, without _bucket, _sum, _count). */
  readonly promName: string;
  readonly vanished: Vanished;
};

/** The literal types are kept, so that code can ask for a counter with exactly these attributes. */
export const signal = <
  const Name extends string,
  const Kind extends SignalKind,
  const Source extends SignalSource,
  const PromName extends string,
  const Attributes extends readonly string[],
>(
  name: Name,
  unit: string,
  kind: Kind,
  source: Source,
  promName: PromName,
  attributes: Attributes,
  meaning: string,
  vanished: Vanished = 'zero',
) => ({ name, unit, kind, source, meaning, attributes, promName, vanished }) as const;
