// A made fleet: processes of faultline and the harness beside them, each with the instruments that it exports by the catalogue. About 10,000 series.
import { harnessService, harnessSignals } from '../../../narration/harness-signals.ts';
import { bucketsOf, faultlineCatalogue } from '../../../targets/faultline/catalogue.ts';
import { combinations } from './attribute-values.ts';

export type FleetSignal = {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly meaning: string;
  readonly attributes: readonly string[];
};

export type Instrument = {
  readonly signal: FleetSignal;
  /** Of a histogram. */
  readonly bounds: readonly number[];
  readonly points: readonly Readonly<Record<string, string>>[];
};

/** One process: what it says of itself, and what it exports each second. */
export type Member = { readonly resource: Readonly<Record<string, string>>; readonly instruments: readonly Instrument[] };

/** How many processes of each there are. */
const sizes = { 'faultline-ingest': 8, 'faultline-worker': 4, 'faultline-query': 6 } as const;

type Service = keyof typeof sizes;

const all: readonly Service[] = ['faultline-ingest', 'faultline-worker', 'faultline-query'];

/** Which processes export an observed signal, by the beginning of its name; the first that fits. */
const exporters: readonly (readonly [string, readonly Service[]])[] = [
  ['http.server.', ['faultline-ingest', 'faultline-query']],
  ['messaging.client.sent', ['faultline-ingest']],
  ['faultline.ingest.', ['faultline-ingest']],
  ...['faultline.storage.', 'faultline.schema.', 'faultline.tenant.', 'faultline.udp.'].map(
    (start): readonly [string, readonly Service[]] => [start, ['faultline-ingest']],
  ),
  ['faultline.access.', ['faultline-ingest', 'faultline-query']],
  ...['faultline.consumer.', 'faultline.exports', 'faultline.import.'].map((start): readonly [string, readonly Service[]] => [
    start,
    ['faultline-query'],
  ]),
  ['faultline.telemetry.', all],
  ['messaging.', ['faultline-worker']],
  ['faultline.', ['faultline-worker']],
  ['', all],
];

const exportersOf = (name: string): readonly Service[] => exporters.find(([start]) => name.startsWith(start))![1];

/** The books belong to no instance. */
const accountingService = 'faultline-accounting';

export const runLabels = { 'faultline.run': 'bench-queries', 'faultline.scenario': 'fleet' } as const;

const instrument = (service: string, signal: FleetSignal): Instrument => ({
  signal,
  bounds: signal.kind === 'histogram' ? bucketsOf(signal) : [],
  points: combinations(service, signal.attributes),
});

const member = (service: string, instance: string | null, signals: readonly FleetSignal[]): Member => ({
  resource: {
    'service.name': service,
    ...(instance === null ? {} : { 'service.instance.id': instance }),
    'service.version': '0.1.0',
    'telemetry.sdk.language': 'nodejs',
    ...runLabels,
  },
  instruments: signals.map((signal) => instrument(service, signal)),
});

const membersOf = (service: Service): readonly Member[] => {
  const signals = faultlineCatalogue.filter(({ source, name }) => source === 'observed' && exportersOf(name).includes(service));
  return Array.from({ length: sizes[service] }, (_, index) => member(service, `${service}-${index + 1}`, signals));
};

/** `numbers`: counters and gauges alone. A histogram is many samples in one data point, and cheaper for each. */
export type FleetContents = 'everything' | 'numbers';

const numbersOf = ({ resource, instruments }: Member): Member => ({
  resource,
  instruments: instruments.filter(({ signal }) => signal.kind !== 'histogram'),
});

export const createFleet = (contents: FleetContents = 'everything'): readonly Member[] =>
  contents === 'everything' ? everything() : everything().map(numbersOf);

const everything = (): readonly Member[] => [
  ...all.flatMap(membersOf),
  member(
    accountingService,
    null,
    faultlineCatalogue.filter(({ source }) => source === 'accounted'),
  ),
  member(harnessService, null, Object.values(harnessSignals)),
];

/** Samples of one export: a histogram has one for each bucket, +Inf, sum and count. `target_info`, which receivers add, is not counted. */
export const samplesOf = ({ instruments }: Member): number =>
  instruments.reduce((sum, { signal, bounds, points }) => sum + points.length * (signal.kind === 'histogram' ? bounds.length + 3 : 1), 0);

/** Data points of one export, as OTLP counts. */
export const pointsOf = ({ instruments }: Member): number => instruments.reduce((sum, { points }) => sum + points.length, 0);
