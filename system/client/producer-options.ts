// What a producer can be told, with unit, default and bounds. Parsed once: every mistake is told at once, and a name that is not known is one.
// docs/client.md is held equal to the table by a test.
import { keyProblems } from './key-problems.ts';
import { ownFailure, ProducerError } from './producer-error.ts';
import type { Fetch } from './transport.ts';

export type ProducerOptions = {
  /** Base URL of the ingest: http:// or https://, with a path where a proxy has one. */
  readonly url: string | URL;
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey?: string;
  /** Lets `apiKey` go over http:// to a host that is not this one, where others may read it on the way. */
  readonly allowPlainText?: boolean;
  // Numbers: defaults, bounds and meaning are in `numberOptions` below, and in docs/client.md.
  readonly maxBatchEvents?: number;
  readonly maxBatchBytes?: number;
  readonly lingerMs?: number;
  readonly maxInFlightRequests?: number;
  /** `key`: an event is sent once the one before it of the same (system_name, object_id) has its answer. `none`: not so; for events with `sequence`. */
  readonly ordering?: 'key' | 'none';
  readonly maxBufferBytes?: number;
  /** What `send` does while the buffer is full. */
  readonly overflow?: 'wait' | 'reject' | 'drop-oldest';
  readonly requestTimeoutMs?: number;
  readonly deliveryTimeoutMs?: number;
  readonly retryBackoffMs?: number;
  readonly retryBackoffMaxMs?: number;
  readonly closeTimeoutMs?: number;
  /** Sends the W3C trace context that is active in `send`, where it is sampled. */
  readonly traceContext?: boolean;
  /** Aborted: the producer closes at once, without flushing. */
  readonly signal?: AbortSignal;
  /** In place of the platform's: for a proxy, a certificate of one's own, or a test. */
  readonly fetch?: Fetch;
};

type NumberRule = { readonly fallback: number; readonly minimum: number; readonly maximum: number; readonly meaning: string };

export const numberOptions = {
  maxBatchEvents: { fallback: 500, minimum: 1, maximum: 100_000, meaning: 'Most events of one request.' },
  maxBatchBytes: { fallback: 1_048_576, minimum: 1024, maximum: 268_435_456, meaning: 'Most bytes of one request, and of one event.' },
  lingerMs: {
    fallback: 5,
    minimum: 0,
    maximum: 60_000,
    meaning: 'How long an event waits for company before a batch that is not full goes.',
  },
  maxInFlightRequests: { fallback: 5, minimum: 1, maximum: 100, meaning: 'Requests at a time; one while the last one failed.' },
  maxBufferBytes: {
    fallback: 33_554_432,
    minimum: 1024,
    maximum: 4_294_967_296,
    meaning: 'What is held of events without an answer: see Buffer.',
  },
  requestTimeoutMs: {
    fallback: 25_000,
    minimum: 1,
    maximum: 300_000,
    meaning:
      "How long one request may take; longer than twice the ingest's `FAULTLINE_COMMIT_TIMEOUT_MS` (10 s), as a request waits for the commit under way and for its own. No longer than `deliveryTimeoutMs` where it is not given.",
  },
  deliveryTimeoutMs: {
    fallback: 120_000,
    minimum: 1,
    maximum: 86_400_000,
    meaning: 'How long after `send` an event is given up, whatever it waited for; at least `requestTimeoutMs`.',
  },
  retryBackoffMs: {
    fallback: 100,
    minimum: 1,
    maximum: 60_000,
    meaning: 'Upper bound of the first wait before a retry; doubled for each one after.',
  },
  retryBackoffMaxMs: {
    fallback: 10_000,
    minimum: 1,
    maximum: 600_000,
    meaning: 'Upper bound of any such wait; at least `retryBackoffMs`.',
  },
  closeTimeoutMs: { fallback: 30_000, minimum: 0, maximum: 86_400_000, meaning: 'How long `close` flushes before it gives up.' },
} as const satisfies Record<string, NumberRule>;

type NumberName = keyof typeof numberOptions;

export type ProducerSettings = { readonly [Name in NumberName]: number } & {
  readonly endpoint: string;
  readonly apiKey: string | null;
  readonly ordering: 'key' | 'none';
  readonly overflow: 'wait' | 'reject' | 'drop-oldest';
  readonly traceContext: boolean;
};

const choices = { ordering: ['key', 'none'], overflow: ['wait', 'reject', 'drop-oldest'] } as const;
const others = ['url', 'apiKey', 'allowPlainText', 'traceContext', 'signal', 'fetch'];
const known = [...Object.keys(numberOptions), ...Object.keys(choices), ...others];

/** Throws a ProducerError FL_CLIENT_OPTIONS whose message has a line for each mistake. */
export const readOptions = (options: ProducerOptions): ProducerSettings => {
  if (typeof options !== 'object' || options === null) throw wrong(['createProducer takes an object of options: { url }.']);
  const numbers = numbersOf(options);
  const problems = [
    ...unknownNames(options),
    ...numberProblems(numbers),
    ...choiceProblems(options),
    ...urlProblems(options.url),
    ...keyProblems(options),
  ];
  if (problems.length > 0) throw wrong(problems);
  return {
    ...numbers,
    endpoint: endpointOf(new URL(options.url)),
    apiKey: options.apiKey ?? null,
    ordering: options.ordering ?? 'key',
    overflow: options.overflow ?? 'wait',
    traceContext: options.traceContext ?? true,
  };
};

/** What is not given never is the mistake: a request may take no longer than its delivery. */
const numbersOf = (options: ProducerOptions): Record<NumberName, number> => {
  const numbers = Object.fromEntries(
    Object.entries(numberOptions).map(([name, { fallback }]) => [name, options[name as NumberName] ?? fallback]),
  ) as Record<NumberName, number>;
  const requestTimeoutMs = options.requestTimeoutMs ?? Math.min(numbers.requestTimeoutMs, numbers.deliveryTimeoutMs);
  return { ...numbers, requestTimeoutMs };
};

const wrong = (problems: readonly string[]): ProducerError => new ProducerError(ownFailure('FL_CLIENT_OPTIONS', problems.join('\n')));

const unknownNames = (options: ProducerOptions): readonly string[] =>
  Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => `'${name}' is no option; there are ${known.join(', ')}.`);

const numberProblems = (numbers: Readonly<Record<NumberName, number>>): readonly string[] => {
  const ranges = Object.entries(numberOptions)
    .filter(([name, { minimum, maximum }]) => !isWithin(numbers[name as NumberName], minimum, maximum))
    .map(
      ([name, { minimum, maximum }]) =>
        `${name} is ${String(numbers[name as NumberName])}; it is a whole number from ${minimum} to ${maximum}.`,
    );
  return [
    ...ranges,
    ...order(numbers, 'requestTimeoutMs', 'deliveryTimeoutMs'),
    ...order(numbers, 'retryBackoffMs', 'retryBackoffMaxMs'),
    ...order(numbers, 'maxBatchBytes', 'maxBufferBytes'),
  ];
};

const isWithin = (value: number, minimum: number, maximum: number): boolean =>
  Number.isInteger(value) && value >= minimum && value <= maximum;

const order = (numbers: Readonly<Record<NumberName, number>>, lesser: NumberName, greater: NumberName): readonly string[] =>
  numbers[lesser] > numbers[greater]
    ? [`${greater} is ${numbers[greater]}, below ${lesser} (${numbers[lesser]}): raise the one or lower the other.`]
    : [];

const choiceProblems = (options: ProducerOptions): readonly string[] => [
  ...Object.entries(choices)
    .filter(([name, values]) => ![undefined, ...values].includes(options[name as keyof typeof choices]))
    .map(([name, values]) => `${name} is '${String(options[name as keyof typeof choices])}'; it is ${values.join(' or ')}.`),
  ...(['allowPlainText', 'traceContext'] as const)
    .filter((name) => !['undefined', 'boolean'].includes(typeof options[name]))
    .map((name) => `${name} is '${String(options[name])}'; it is true or false.`),
];

const urlProblems = (url: string | URL): readonly string[] => {
  if (!URL.canParse(String(url))) return [`url is '${String(url)}'; it is the base URL of the ingest, such as http://127.0.0.1:4000.`];
  const { protocol, username, password, search, hash } = new URL(url);
  // Not the value: there may be a password in it.
  if (username !== '' || password !== '') return ['url has a user or password in it; use apiKey.'];
  if (protocol !== 'http:' && protocol !== 'https:') return [`url begins with ${protocol}; it is http: or https:.`];
  return search !== '' || hash !== '' ? ['url has a query or fragment; it is a base URL, to which events/batch is added.'] : [];
};

const endpointOf = (url: URL): string => new URL('events/batch', url.href.endsWith('/') ? url.href : `${url.href}/`).href;
