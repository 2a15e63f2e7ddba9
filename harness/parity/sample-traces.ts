// Traces by seed, as an OTLP export: services, trees, broken and rootless traces, links, events, statuses and attributes of every type. With the vocabulary
// of what is in them.
import { createRandom } from '../traffic/random.ts';
import type { Random } from '../traffic/random.ts';
import type { TraceVocabulary } from './trace-vocabulary.ts';

export type SampleTraces = {
  /** An ExportTraceServiceRequest in OTLP/JSON. */
  readonly request: { readonly resourceSpans: readonly unknown[] };
  readonly spans: number;
  readonly vocabulary: TraceVocabulary;
};

const spanNames = ['GET /orders', 'POST /orders', 'query', 'publish', 'consume', 'render'];
const services = ['shop', 'billing', 'mail', 'gateway'];
const statusMessages = ['time-out', 'refused', 'no such row'];
const eventNames = ['exception', 'retry', 'cache.miss'];
const libraries = [
  { name: 'lib-http', version: '1.2.0' },
  { name: 'lib-sql', version: '0.9.1' },
];
const regions = ['eu-west', 'eu-north', 'us-east'];
const routes = ['/a', '/b/{id}', '/c'];

type Pair = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };

const text = (key: string, stringValue: string): Pair => ({ key, value: { stringValue } });
const integer = (key: string, value: number): Pair => ({ key, value: { intValue: String(value) } });
const double = (key: string, doubleValue: number): Pair => ({ key, value: { doubleValue } });
const bool = (key: string, boolValue: boolean): Pair => ({ key, value: { boolValue } });
const texts = (key: string, values: readonly string[]): Pair => ({
  key,
  value: { arrayValue: { values: values.map((stringValue) => ({ stringValue })) } },
});

const maybe = (random: Random, share: number, make: () => Pair): readonly Pair[] => (random.chance(share) ? [make()] : []);

const spanAttributes = (random: Random): readonly Pair[] => [
  ...maybe(random, 0.7, () => text('route', random.pick(routes))),
  ...maybe(random, 0.7, () => integer('code', random.pick([200, 204, 404, 500]))),
  ...maybe(random, 0.5, () => integer('size', random.int(0, 2_000))),
  ...maybe(random, 0.5, () => double('ratio', random.int(0, 40) / 8)),
  ...maybe(random, 0.5, () => bool('cached', random.chance(0.5))),
  ...maybe(random, 0.4, () => texts('tags', random.pick([['red', 'blue'], ['blue', 'green', 'red'], ['green']]))),
  ...maybe(random, 0.2, () => text('region', random.pick(regions))),
];

const hex = (random: Random, bytes: number): string =>
  Array.from({ length: bytes }, () => random.int(0, 255).toString(16).padStart(2, '0')).join('');

const eventsOf = (random: Random, startNano: bigint) =>
  Array.from({ length: random.pick([0, 0, 1, 2]) }, (_, index) => ({
    timeUnixNano: String(startNano + BigInt(random.int(1, 40) * 1_000_000 + index)),
    name: random.pick(eventNames),
    attributes: [
      ...maybe(random, 0.6, () => text('reason', random.pick(['slow', 'lost']))),
      ...maybe(random, 0.4, () => integer('attempt', random.int(1, 3))),
    ],
  }));

const linksOf = (random: Random, known: readonly { traceId: string; spanId: string }[]) =>
  known.length === 0 || random.chance(0.8)
    ? []
    : [{ ...random.pick(known), attributes: maybe(random, 0.7, () => text('why', random.pick(['batch', 'retry']))) }];

const statusOf = (random: Random) => {
  const code = random.pick([0, 0, 0, 1, 2]);
  return code === 2 ? { code, message: random.pick(statusMessages) } : { code };
};

type Known = { readonly traceId: string; readonly spanId: string };

/** '' for a root; now and then a parent that never came. */
const parentOf = (random: Random, own: readonly string[], isRootless: boolean): string => {
  if (own.length === 0) return isRootless ? hex(random, 8) : '';
  const draw = random.int(0, 39);
  if (draw === 0) return hex(random, 8);
  return draw === 1 && !isRootless ? '' : random.pick(own);
};

const spanOf = (
  random: Random,
  traceId: string,
  own: readonly string[],
  isRootless: boolean,
  startNano: bigint,
  known: readonly Known[],
) => {
  const durationNano = random.pick([0, 1_500, 250_000, 3_000_000, 20_000_000, 20_000_000, 75_000_000, 1_200_000_000]) + random.int(0, 3);
  return {
    traceId,
    spanId: hex(random, 8),
    parentSpanId: parentOf(random, own, isRootless),
    name: random.pick(spanNames),
    kind: random.int(0, 5),
    startTimeUnixNano: String(startNano),
    endTimeUnixNano: String(startNano + BigInt(durationNano)),
    attributes: spanAttributes(random),
    events: eventsOf(random, startNano),
    links: linksOf(random, known),
    status: statusOf(random),
  };
};

type Resource = { readonly attributes: readonly Pair[] };

const resources = (random: Random): readonly Resource[] =>
  services.map((service, index) => ({
    attributes: [
      text('service.name', service),
      text('region', random.pick(regions)),
      integer('replica', index),
      bool('spot', index % 2 === 0),
    ],
  }));

const scopes = libraries.map((library, index) => ({ ...library, attributes: [text('maturity', index === 0 ? 'stable' : 'beta')] }));

const vocabularyOf = (known: readonly Known[]): TraceVocabulary => ({
  spanNames,
  services,
  statusMessages,
  eventNames,
  libraries,
  traceIds: known.slice(0, 40).map(({ traceId }) => traceId),
  spanIds: known.slice(0, 40).map(({ spanId }) => spanId),
  durations: [1_500, 250_000, 3_000_000, 20_000_001, 75_000_000, 1_000_000_000, 1_300_000_000],
  attributes: [
    { scope: 'span', name: 'route', values: routes },
    { scope: 'span', name: 'code', values: [200, 204, 404, 500] },
    { scope: 'span', name: 'size', values: [10, 500, 1_500] },
    { scope: 'span', name: 'ratio', values: [0.5, 1.125, 4] },
    { scope: 'span', name: 'cached', values: [true, false] },
    { scope: 'span', name: 'tags', values: ['red', 'blue', 'green'], isArray: true },
    { scope: 'span', name: 'region', values: regions },
    { scope: 'resource', name: 'service.name', values: services },
    { scope: 'resource', name: 'region', values: regions },
    { scope: 'resource', name: 'replica', values: [0, 1, 2, 3] },
    { scope: 'resource', name: 'spot', values: [true, false] },
    { scope: 'event', name: 'reason', values: ['slow', 'lost'] },
    { scope: 'event', name: 'attempt', values: [1, 2, 3] },
    { scope: 'link', name: 'why', values: ['batch', 'retry'] },
    { scope: 'instrumentation', name: 'maturity', values: ['stable', 'beta'] },
  ],
});

/** Starts between `fromNano` and a minute after it. */
export const sampleTraces = (seed: number, traces: number, fromNano: bigint): SampleTraces => {
  const random = createRandom(seed, 'traces');
  const shared = resources(random);
  const known: Known[] = [];
  const resourceSpans: unknown[] = [];
  for (let trace = 0; trace < traces; trace += 1) {
    const traceId = hex(random, 16);
    const isRootless = random.chance(0.08);
    const beganNano = fromNano + BigInt(random.int(0, 55_000)) * 1_000_000n;
    const own: string[] = [];
    for (let index = random.int(1, 12); index > 0; index -= 1) {
      const startNano = beganNano + BigInt(own.length) * 7_000_001n;
      const span = spanOf(random, traceId, own, isRootless, startNano, known);
      own.push(span.spanId);
      known.push({ traceId, spanId: span.spanId });
      resourceSpans.push({ resource: random.pick(shared), scopeSpans: [{ scope: random.pick(scopes), spans: [span] }] });
    }
  }
  return { request: { resourceSpans }, spans: known.length, vocabulary: vocabularyOf(known) };
};
