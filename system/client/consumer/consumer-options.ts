// What a consumer can be told, with unit, default and bounds. Every mistake is told at once.
import { keyProblems } from '../key-problems.ts';
import { ConsumerError } from './consumer-error.ts';
import type { ConsumerFetch } from './consumer-api.ts';

export type ConsumerOptions = {
  /** Base URL of the query process: http:// or https://, with a path where a proxy has one. */
  readonly url: string | URL;
  readonly consumer: string;
  /** One of those who share its lanes; another in each process. A random one by default. */
  readonly instance?: string;
  /** Makes the consumer where there is none, from here; without it there must be one. */
  readonly start?: 'earliest' | 'latest';
  /** Sent as `Authorization: Bearer …`. */
  readonly apiKey?: string;
  /** Lets `apiKey` go over http:// to a host that is not this one, where others may read it on the way. */
  readonly allowPlainText?: boolean;
  readonly system_name?: string;
  readonly event_name?: string;
  /** What to do where retention has passed: `throw` ends the iteration with ConsumerError position_gone, `skip` goes on at the low-water mark, counted. */
  readonly onGone?: 'throw' | 'skip';
  /** How long lanes are its own without an answer: 10,000 by default. */
  readonly leaseMs?: number;
  /** How often checkpoints are sent: 1,000 by default. */
  readonly checkpointMs?: number;
  /** Of one request: 500 events and 1 MiB of bodies by default. As much is held of each lane. */
  readonly maxEvents?: number;
  readonly maxBytes?: number;
  /** Aborted: it closes, with a last checkpoint. */
  readonly signal?: AbortSignal;
  /** In place of the platform's. */
  readonly fetch?: ConsumerFetch;
};

export type ConsumerSettings = {
  readonly baseUrl: string;
  readonly consumer: string;
  readonly instance: string;
  readonly start: 'earliest' | 'latest' | null;
  readonly apiKey: string | null;
  readonly filters: Readonly<Record<string, string>>;
  readonly onGone: 'throw' | 'skip';
  readonly leaseMs: number;
  readonly checkpointMs: number;
  readonly maxEvents: number;
  readonly maxBytes: number;
};

const numbers = {
  leaseMs: { fallback: 10_000, minimum: 1000, maximum: 600_000 },
  checkpointMs: { fallback: 1000, minimum: 10, maximum: 60_000 },
  maxEvents: { fallback: 500, minimum: 1, maximum: 1000 },
  maxBytes: { fallback: 1_048_576, minimum: 1, maximum: 1_048_576 },
} as const;

const choices = { start: ['earliest', 'latest'], onGone: ['throw', 'skip'] } as const;
const names = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const known = [
  ...Object.keys(numbers),
  ...Object.keys(choices),
  'url',
  'consumer',
  'instance',
  'apiKey',
  'allowPlainText',
  'system_name',
  'event_name',
  'signal',
  'fetch',
];

/** Throws a ConsumerError `options` with a line for each mistake. */
export const readConsumerOptions = (options: ConsumerOptions, newName: () => string): ConsumerSettings => {
  const { url, consumer, instance = newName(), apiKey = null, system_name: system, event_name: event } = options;
  const problems = [
    ...Object.keys(options).flatMap((name) => (known.includes(name) ? [] : [`'${name}' is no option; there are ${known.join(', ')}.`])),
    ...(isBase(url) ? [] : ['url is no base URL of the query process, such as http://127.0.0.1:4001.']),
    ...keyProblems(options),
    ...Object.entries({ consumer, instance }).flatMap(([name, value]: readonly [string, unknown]) =>
      typeof value === 'string' && names.test(value) ? [] : [`${name} is '${String(value)}'; it is 1 to 64 of A-Z a-z 0-9 . _ -`],
    ),
    ...Object.entries(numbers).flatMap(([name, { fallback, minimum, maximum }]) => {
      const value = options[name as keyof typeof numbers] ?? fallback;
      return Number.isInteger(value) && value >= minimum && value <= maximum
        ? []
        : [`${name} is ${value}; it is a whole number from ${minimum} to ${maximum}.`];
    }),
    ...Object.entries(choices).flatMap(([name, values]) => {
      const value = options[name as keyof typeof choices];
      return value === undefined || (values as readonly string[]).includes(value)
        ? []
        : [`${name} is '${value}'; it is ${values.join(' or ')}.`];
    }),
  ];
  if (problems.length > 0) throw new ConsumerError('options', problems.join('\n'));
  const { leaseMs = 10_000, checkpointMs = 1000, maxEvents = 500, maxBytes = 1_048_576, start = null, onGone = 'throw' } = options;
  const filters = { ...(system !== undefined && { system_name: system }), ...(event !== undefined && { event_name: event }) };
  const baseUrl = new URL(url).href.replace(/\/$/, '');
  return { baseUrl, consumer, instance, start, apiKey, filters, onGone, leaseMs, checkpointMs, maxEvents, maxBytes };
};

const isBase = (url: unknown): boolean => {
  const parsed = URL.parse === undefined ? (URL.canParse(String(url)) ? new URL(String(url)) : null) : URL.parse(String(url));
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.search === '' && parsed.hash === '' && parsed.username === '';
};
