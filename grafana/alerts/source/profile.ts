// The two sets of numbers that the one template is filled with. A run is over in seconds, so that each of its windows is said apart, not derived.

/** A page or a ticket once the budget burns too fast over both windows; the short one lets it end soon after the trouble does. */
export type BurnWindow = {
  readonly long: string;
  readonly short: string;
  /** How many times faster than the objective allows, or the share of bad events that is too much whatever the objective. */
  readonly above: { readonly factor: number } | { readonly badShare: number };
  readonly for?: string;
  readonly severity: 'page' | 'ticket';
};

/** `over`: the window that is looked at; `for`: how long it must hold. */
type Condition = { readonly over: string; readonly for?: string };

export type Profile = {
  readonly name: 'production' | 'run';
  readonly purpose: string;
  /** How often rules are evaluated. */
  readonly interval: string;
  readonly burn: readonly BurnWindow[];
  /** Some exports long: a gauge that was not exported for so long has no value. */
  readonly fresh: string;
  /** An exporter is gone when nothing came for `after` though it was heard within `remembered`; `orNever`: also when none was ever heard, `for` longer than a first export takes. */
  readonly gone: { readonly after: string; readonly remembered: string; readonly orNever: boolean; readonly for?: string };
  readonly refusing: Condition & { readonly perSecond: number };
  readonly overQuota: Condition & { readonly perSecond: number };
  readonly keysRefused: Condition & { readonly perSecond: number };
  readonly diskNear: { readonly share: number; readonly for?: string };
  readonly datagramsLost: Condition;
  readonly schemaViolations: Condition;
  readonly lagGrowing: Condition & { readonly events: number };
  readonly staleSeconds: number;
  readonly crashLoop: { readonly over: string; readonly gone: string; readonly crashes: number };
  readonly takenOver: Condition;
  readonly storageFailing: Condition;
  readonly snapshotSeconds: number;
  readonly deadLettersGrowing: Condition;
  readonly deadLetterSeconds: number;
  readonly parkedKeys: { readonly keys: number; readonly for?: string };
  readonly earlySeconds: number;
  readonly booksSeconds: number;
  /** Counts take four minutes at most, and a twentieth of the time: from the begin of one to the end of the next, one and a half hours. */
  readonly effectsSeconds: number;
  /** Two rounds of retention, which looks every ten minutes. */
  readonly overdueFor?: string;
  readonly exportFailing: Condition;
};

/** Metrics are exported every 10 s. Burn rates as in Google's SRE workbook: 2 % of the budget in 1 h, 5 % in 6 h page; 10 % in 1 and in 3 days is a ticket. */
export const production: Profile = {
  name: 'production',
  purpose: 'for a system that exports its metrics every 10 s',
  interval: '15s',
  burn: [
    { long: '1h', short: '5m', above: { factor: 14.4 }, for: '1m', severity: 'page' },
    { long: '6h', short: '30m', above: { factor: 6 }, for: '5m', severity: 'page' },
    { long: '1d', short: '2h', above: { factor: 3 }, for: '15m', severity: 'ticket' },
    { long: '3d', short: '6h', above: { factor: 1 }, for: '1h', severity: 'ticket' },
  ],
  fresh: '1m',
  // A Prometheus that begins anew has heard nobody at its first evaluation.
  gone: { after: '2m', remembered: '1d', orNever: true, for: '30s' },
  refusing: { over: '5m', for: '5m', perSecond: 0 },
  overQuota: { over: '5m', for: '5m', perSecond: 0 },
  keysRefused: { over: '5m', for: '5m', perSecond: 1 },
  diskNear: { share: 0.85, for: '5m' },
  datagramsLost: { over: '5m' },
  schemaViolations: { over: '5m', for: '5m' },
  lagGrowing: { over: '10m', for: '10m', events: 10_000 },
  staleSeconds: 300,
  crashLoop: { over: '15m', gone: '1m', crashes: 3 },
  takenOver: { over: '10m' },
  storageFailing: { over: '5m', for: '5m' },
  snapshotSeconds: 300,
  deadLettersGrowing: { over: '10m' },
  deadLetterSeconds: 86_400,
  parkedKeys: { keys: 100, for: '5m' },
  earlySeconds: 300,
  booksSeconds: 120,
  effectsSeconds: 7200,
  overdueFor: '25m',
  exportFailing: { over: '5m', for: '10m' },
};

/** Metrics are exported every second, rules are evaluated every second, and a fault lasts a few seconds. */
export const run: Profile = {
  name: 'run',
  purpose: 'for runs of the harness, in which metrics are exported and rules evaluated every second',
  interval: '1s',
  // Over half a minute a month's budget says little: a hiccup of a busy machine burns it a hundred times too fast. One in ten is trouble.
  burn: [{ long: '30s', short: '5s', above: { badShare: 0.1 }, severity: 'page' }],
  fresh: '5s',
  gone: { after: '10s', remembered: '30s', orNever: false },
  // Without minutes to wait for, only a number tells a queue that is too small from one that was full for a moment.
  refusing: { over: '5s', perSecond: 50 },
  schemaViolations: { over: '5s' },
  overQuota: { over: '5s', perSecond: 50 },
  keysRefused: { over: '5s', perSecond: 5 },
  diskNear: { share: 0.85 },
  datagramsLost: { over: '5s' },
  // While a lane is taken over, three seconds of half of a scenario's 500/s wait: only what goes beyond that is growth.
  lagGrowing: { over: '5s', for: '2s', events: 1000 },
  staleSeconds: 20,
  // A pause of a worker that is scheduled late is not yet a death: three exports.
  crashLoop: { over: '15s', gone: '3s', crashes: 2 },
  takenOver: { over: '5s' },
  storageFailing: { over: '5s', for: '10s' },
  // Our own transactions are over in a fraction of a second, also under faults; one that is held on purpose has to show within a run.
  snapshotSeconds: 10,
  deadLettersGrowing: { over: '5s' },
  deadLetterSeconds: 5,
  parkedKeys: { keys: 100 },
  earlySeconds: 10,
  booksSeconds: 10,
  // A count of half a minute comes every ten minutes: no table of a run is larger.
  effectsSeconds: 600,
  exportFailing: { over: '5s', for: '5s' },
};

/** The same in both: a bound of the system's own (FAULTLINE_DEDUPE_ROW_BOUND, 50 million by default). */
export const identitiesBound = 50_000_000;
