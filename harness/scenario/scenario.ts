// What a scenario is: typed data that a reader learns from. Planning, running and judging live elsewhere and read only this.
import type { FaultMoment } from './fault-moment.ts';
import type { ContainerFault } from './faults/container-fault.ts';
import type { DatabaseFault } from './faults/database-fault.ts';
import type { DatagramFault } from './faults/datagram-fault.ts';
import type { ImportFault } from './faults/import-fault.ts';
import type { NetworkFault } from './faults/network-fault.ts';
import type { OperatorFault } from './faults/operator-fault.ts';
import type { ProcessFault } from './faults/process-faults.ts';
import type { Consumers } from './consumers.ts';
import type { ProcessRole, VictimRole } from './process-role.ts';
import type { Reads } from './reads.ts';

export type { ProcessRole, VictimRole } from './process-role.ts';

export type PhaseKind = 'warm-up' | 'steady' | 'fault' | 'heal' | 'drain';

/** A named stretch of a run. `drain` has no traffic of its own and is added by the engine: it ends when all is drained, or at its bound. */
export type Phase = {
  readonly name: string;
  readonly kind: Exclude<PhaseKind, 'drain'>;
  readonly seconds: number;
  /** Intended arrivals a second, open-loop; with a shape, those that it begins with. */
  readonly ratePerSecond: number;
  readonly shape?: RateShape;
};

/** How the rate goes within a phase. */
export type RateShape =
  /** In a straight line, reached at the phase's end. */
  | { readonly kind: 'ramp'; readonly toPerSecond: number }
  /** A staircase: so many stretches of one length, the first at the phase's rate, the last at this one. */
  | { readonly kind: 'step'; readonly toPerSecond: number; readonly steps: number }
  /** All at once, for a while, and back. */
  | { readonly kind: 'spike'; readonly toPerSecond: number; readonly afterSeconds: number; readonly seconds: number }
  /** Day and night: from the phase's rate at midnight to this one at noon, and back. */
  | { readonly kind: 'diurnal'; readonly toPerSecond: number; readonly periodSeconds: number }
  /** Calm and bursts in turn, each as long as the seed says, so long on average. */
  | { readonly kind: 'bursty'; readonly toPerSecond: number; readonly burstSeconds: number; readonly calmSeconds: number };

export type PoisonKind = 'broken-json' | 'wrong-types' | 'oversized' | 'hostile-text' | 'handler-throws' | 'handler-hangs' | SchemaPoison;

/** Of a release that sends what its schema does not have. */
export type SchemaPoison = 'unlike-schema' | 'unknown-version';

export type Traffic = {
  /** replay: when, about what and how often events were delivered is taken from a recording; keys are then those of the recording. */
  readonly arrivals: 'poisson' | 'constant' | 'replay';
  readonly replay?: Recording;
  readonly keys:
    | { readonly kind: 'zipf'; readonly count: number; readonly exponent: number }
    | { readonly kind: 'uniform'; readonly count: number }
    /** This share of the events is about the first `hot` keys, all alike; the rest is about the others. */
    | { readonly kind: 'hot'; readonly count: number; readonly hot: number; readonly share: number };
  /** `none`: events are sent without an id of their own, so that nobody can send one again; the harness knows them by their bodies. */
  readonly ids?: 'none';
  /** Number the events of a key 1, 2, 3 … */
  readonly sequenced?: boolean;
  /** Share of events delivered a second time, with the same id and body, a little later. */
  readonly duplicates?: { readonly share: number; readonly withinMs: number };
  /** So many producers, each with a clock of its own that is off by up to `skewMs` in either direction, for good: it shows in the time of its events. */
  readonly producers?: { readonly count: number; readonly skewMs: number };
  /** Share of events whose own time lies back by up to `byMs`: they happened long before they came. */
  readonly late?: { readonly share: number; readonly byMs: number };
  /** Share of events whose own time lies ahead by up to `byMs`. */
  readonly early?: { readonly share: number; readonly byMs: number };
  /** Attempts beyond the first that each client makes after a refusal, an error or no answer: with the same id, jitter, and not before Retry-After; not at all where that is over a minute. */
  readonly retries?: number;
  /** How events travel: each in a request that is answered, or in datagrams that nobody answers. HTTP, unless it is said. */
  readonly transport?: 'http' | 'udp';
  /**
   * Tenants of the target, each with a key of its own, that send these shares of the events; together 1. The system of an event is then its tenant, so that no two tenants
   * have a key in common. Left out: whoever sends without a key.
   */
  readonly tenants?: readonly TrafficTenant[];
  /** Clients gather events and send them together. Left out: each event goes alone. */
  readonly batch?: BatchPolicy;
  /** What sends: our own driver, unless it is said. */
  readonly driver?: K6Sender;
  /** Processes that share the sending, where one core can't send it all. One, unless it is said. */
  readonly senders?: number;
  /** Share of events moved back by up to `places` places in the order of sending. */
  readonly disorder?: { readonly share: number; readonly places: number };
  /** Share of events that are poison, of these kinds in turn. Poisoned keys come from a set of their own, so that other keys can be told apart. */
  readonly poison?: {
    readonly share: number;
    readonly kinds: readonly PoisonKind[];
    /** Only in this phase, about. Left out: all along. */
    readonly during?: string;
  };
  /** Half of the events are of the first version of their schema, half of the second, and say so. With `needs.schemas`. */
  readonly versions?: true;
};

export type TrafficTenant = {
  readonly name: string;
  readonly share: number;
  /** What the target is to let the tenant send; left out: anything. */
  readonly eventsPerSecond?: number;
};

/** The k6 program, with so many virtual users, of whom each sends one event at a time. `script`: the path of a module of one's own that sends an event; left out: an HTTP request. */
export type K6Sender = { readonly kind: 'k6'; readonly users: number; readonly script?: string };

/** Sent as soon as there are `size` events, or when the first of them has waited for `lingerMs`. */
export type BatchPolicy = { readonly size: number; readonly lingerMs: number };

/** What was delivered once, to be delivered again: times in whole microseconds from the first one's zero, keys and events by their places. */
export type Recording = {
  readonly keys: readonly (readonly [systemName: string, objectId: string])[];
  readonly events: readonly {
    readonly key: number;
    readonly eventName: string;
    readonly sequence: number | null;
    readonly poison: PoisonKind | null;
  }[];
  readonly deliveries: readonly (readonly [atUs: number, event: number])[];
};

export type Fault =
  /** kill -9, then started again after `restartAfterSeconds`. `inside: 'transaction'` locks the read model first, so that the process dies in an open transaction. */
  | {
      readonly kind: 'kill';
      readonly name: string;
      readonly at: FaultMoment;
      readonly role: VictimRole;
      readonly index: number;
      readonly restartAfterSeconds: number;
      readonly inside?: 'transaction';
    }
  /** SIGSTOP for `seconds`, then SIGCONT. */
  | {
      readonly kind: 'pause';
      readonly name: string;
      readonly at: FaultMoment;
      readonly role: VictimRole;
      readonly index: number;
      readonly seconds: number;
    }
  | NetworkFault
  | DatagramFault
  | ProcessFault
  | DatabaseFault
  | ContainerFault
  | ImportFault
  | OperatorFault;

/** A bound on a signal in a phase. Absent data is never 0: it makes the budget inconclusive. */
export type Budget = {
  readonly name: string;
  /** What it means to the reader. */
  readonly why: string;
  /** PromQL. `$phase` in a range becomes the phase's length (at least two export intervals); it is evaluated at the phase's end, or at every step in it with `over: 'every-step'`. `$run` becomes the label matchers of this run. */
  readonly promql: string;
  /** A phase's name, or `all`. */
  readonly phase: string;
  readonly over: 'end' | 'every-step';
  readonly unit: string;
  /** A promise and not a speed: a machine that others load is no excuse for missing it. */
  readonly exact?: boolean;
  /** Each series of the answer must have a number; as in Measure. */
  readonly eachSeries?: boolean;
  /**
   * The share of the steps that must have a value, and the last one among them; 1 unless told. Only where nobody chose the faults one by one, and so nobody can say which of
   * them silence whoever exports the signal.
   */
  readonly knownShare?: number;
  readonly atMost?: number;
  readonly atLeast?: number;
};

/** A check named in the registry, with its parameters as data, so that a run's folder can be judged again without the scenario's code. */
export type CheckReference = {
  readonly check: string;
  readonly parameters?: Readonly<Record<string, number | string | boolean | readonly string[]>>;
};

/** An alert that must fire for a cause, and end when the cause does. The names are those of the target's alert rules. */
export type ExpectedAlert = {
  readonly alert: string;
  /** The name of a fault or of a phase. Seconds count from the fault's evidence, or from the phase's begin. */
  readonly cause: string;
  readonly withinSeconds: number;
  /** Counted from the fault's healing, or the phase's end. `never`: it rests until somebody acts, so it must still fire when the
   * traffic ends. */
  readonly resolvesWithinSeconds: number | 'never';
};

export type Detection = {
  /** Several entries for one alert: it may fire for each of these causes, and must. Nothing else may fire at any time. */
  readonly fires: readonly ExpectedAlert[];
  /** Alerts that may fire or not, each with the reason why that can't be known. */
  readonly tolerated?: readonly { readonly alert: string; readonly why: string }[];
};

export type Scenario = {
  readonly name: string;
  readonly title: string;
  /** Why this scenario exists: what it would have caught, and where. */
  readonly why: string;
  /** `extra`: run by its name or with --all. Left out: of the default set. */
  readonly set?: 'extra';
  readonly target: {
    readonly processes: Readonly<Record<ProcessRole, number>>;
    /** Settings of the system under test; the names are the system's own environment variables. */
    readonly environment?: Readonly<Record<string, string>>;
    /** Use the harness's handler, whose user code throws or hangs for events that say so. */
    readonly faultyHandler?: boolean;
    /** The schemas of the harness's events are registered before traffic begins, and workers run user code that reads the second version alone. */
    readonly schemas?: boolean;
    /** Workers run user code that takes ten milliseconds for each event of a hot key. */
    readonly slowHotKeys?: boolean;
    /** Workers run a processor of a team's own, which fails for events that say so. */
    readonly teamProcessor?: boolean;
  };
  readonly phases: readonly Phase[];
  readonly traffic: Traffic;
  /** Clients who read while others write; left out: nobody does. */
  readonly reads?: Reads;
  /** Those who consume elsewhere; left out: nobody does. */
  readonly consumers?: Consumers;
  readonly faults: readonly Fault[];
  /** Must hold, beside the safety checks that every run gets: violated is `fail`. */
  readonly expectations: readonly CheckReference[];
  /** Must have been seen for the run to mean anything: not seen is `inconclusive`. */
  readonly mustBeSeen: readonly CheckReference[];
  readonly budgets: readonly Budget[];
  /** Which alerts an operator must get, and that they get no other. */
  readonly detection: Detection;
  /** After the last phase everything drains within this. */
  readonly drainWithinSeconds: number;
};
