// What the harness knows of a system under test: how to start it, where to send, where its processes are, how to read back what became of the events.
import type { FinalRow } from '../history/final-state.ts';
import type { BookSample } from '../history/book-sample.ts';
import type { ReadAnswer, ReadQuestion } from '../history/read-operation.ts';
import type { TcpLinkHandle, UdpLinkHandle } from '../network/start-network.ts';
import type { DatagramNeeds } from '../scenario/faults/datagram-needs.ts';
import type { DatagramLink } from '../scenario/faults/datagram-fault.ts';
import type { NetworkLink } from '../scenario/faults/network-fault.ts';
import type { ConsumerDoor } from '../scenario/consumers.ts';
import type { ProcessRole, TrafficTenant, VictimRole } from '../scenario/scenario.ts';
import type { Lacks } from './offers.ts';
import type { StackAccess, StackEndpoints } from '../stack/running-stack.ts';

export type TargetProcess = {
  readonly role: ProcessRole;
  readonly index: number;
  readonly pid: number;
  /** service.instance.id, as it stands in telemetry and in lease rows. */
  readonly instance: string;
  readonly address: string;
  readonly startedAt: number;
  /** Of the line by which it said that it was ready: its own clock, epoch milliseconds. Left out: it does not say. */
  readonly saidAt?: number;
  /** Resolves when the process has ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Signals this very process, and never another that has its number by now. False: it had ended by itself. */
  kill(signal: NodeJS.Signals): boolean;
};

/** What a fault has to know of whom it kills or pauses. */
export type VictimProcess = Pick<TargetProcess, 'index' | 'pid' | 'instance' | 'exited' | 'kill'> & { readonly role: VictimRole };

export type StartOptions = {
  readonly runId: string;
  readonly scenario: string;
  readonly processes: Readonly<Record<ProcessRole, number>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly faultyHandler: boolean;
  /** The schemas of the harness's events are registered before it is ready. */
  readonly schemas?: boolean;
  /** User code is slow for these objects. */
  readonly slowObjects?: readonly string[];
  readonly teamProcessor: boolean;
  /** Where each signal goes by OTLP/HTTP, and with which headers: those may hold credentials. */
  readonly otlp: { readonly urls: StackEndpoints['otlp']; readonly headers: NonNullable<StackAccess['otlp']> };
  readonly exportIntervalMs: number;
  /** Where stdout and stderr of each process go. */
  readonly logFolder: string;
  /** Links that faults of the scenario lie on: a proxy joins their ends. */
  readonly links: readonly NetworkLink[];
  /** Its door for datagrams, and whether a proxy stands before it. Left out: none is asked for. */
  readonly datagrams?: DatagramNeeds;
  /** Tenants that it is to have before anything is sent; left out: none. */
  readonly tenants?: readonly TrafficTenant[];
  /** The database gets a small disk of its own, which a fault may fill. */
  readonly smallDisk: boolean;
};

/** A link with a proxy in it. */
export type TargetLink = {
  readonly name: NetworkLink;
  /** Through the proxy: where the one who connects goes. */
  readonly url: string;
  readonly protocol: 'http' | 'postgres';
  readonly proxy: TcpLinkHandle;
};

/** What a target counts of the datagrams that reach it, since it began. */
export type DatagramsSeen = {
  readonly received: number;
  /** Of these: not what any sender sends. */
  readonly damaged: number;
  /** Of these: with a lower number than one that came before. */
  readonly displaced: number;
};

/** A link of datagrams with a proxy in it. */
export type DatagramLinkOf = {
  readonly name: DatagramLink;
  readonly proxy: UdpLinkHandle;
  seen(): Promise<DatagramsSeen>;
};

/** Where an operator of the target asks for things, over HTTP. */
export type OperatorAccess = {
  ask(
    path: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;
  /** Rejects where it is not answered with 200. */
  look(path: string): Promise<unknown>;
};

/** `in-order`: clients were cut off and all was written. `as-in-a-crash`: it recovers from its log. `had-ended`: by itself, before. */
export type ServerEnd = 'in-order' | 'as-in-a-crash' | 'had-ended';

/** The database server, where it is the run's own. */
export type DatabaseServer = {
  /** The server's first process. */
  pid(): number;
  /** Resolves when it has ended, with how it did. */
  stop(how: 'fast' | 'immediate'): Promise<ServerEnd>;
  /** On the same port and data. Rejects where it does not come up. */
  start(): Promise<void>;
};

/** A small disk of the database, of which a fault may take all that is free. */
export type SmallDisk = {
  readonly folder: string;
  readonly megabytes: number;
};

export type BadRelease = {
  /** With which a worker runs it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is said of an event that it can't cope with, and of no other: by which processor, for which reason, with which words. */
  readonly failsWith: { readonly processor: string; readonly reason: string; readonly message: string };
};

export type ImportClient = {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  kill(signal: NodeJS.Signals): boolean;
};

export type RunningTarget = AsyncDisposable & {
  /** What it can't be asked for; left out: it can be asked for everything. */
  readonly lacks?: Lacks;
  /** Base URL for POST /events. */
  readonly ingestUrl: string;
  readonly queryUrl: string;
  /** By tenant, the key with which it sends and reads; where tenants were asked for. Secrets: they are written nowhere. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Its door for datagrams, on this machine, as an address of IPv4; where it offers them. */
  readonly datagrams?: { readonly host: string; readonly port: number };
  readonly databaseUrl: string;
  processes(): readonly TargetProcess[];
  /** Starts the process of this role and index again after it ended, with these variables beside its usual ones. Rejects where one still runs there. */
  restart(role: ProcessRole, index: number, environment?: Readonly<Record<string, string>>): Promise<TargetProcess>;
  /** Those that the scenario asked for. */
  links?(): readonly TargetLink[];
  datagramLinks?(): readonly DatagramLinkOf[];
  /** Processes that stand beside the target for the run alone, such as the proxies. */
  helpers?(): readonly { readonly role: string; readonly pid: number; readonly withChildren?: boolean }[];
  readonly databaseServer?: DatabaseServer;
  readonly smallDisk?: SmallDisk;
  /** Starts a client that imports a file of past events, or goes on with it. It ends with code 0 once all of it is there. */
  importFile?(options: { readonly file: string; readonly name: string; readonly ratePerSecond: number }): Promise<ImportClient>;
  /** A release of its workers that can't cope with some events. */
  readonly badRelease?: BadRelease;
  /** Where an operator asks for rebuilds, replays and erasures. */
  readonly operator?: OperatorAccess;
  /** Containers that it runs in, by the names that a scenario uses. */
  containers?(): readonly { readonly name: string; readonly id: string }[];
  /** What is still on its way, in words with numbers; empty when all is drained (dead letters rest, they are not on their way). */
  pending(): Promise<readonly string[]>;
  /** The largest backlog of any processor, in events: for those who watch; judgement rests on history and telemetry. */
  lag?(): Promise<number>;
  /** One read, as those who look at the system do it: a run without a reader says nothing of the query side. */
  readAsUser?(): Promise<void>;
  /** One key as a client reads it; asked while the traffic goes on, where the scenario wants reads. */
  readKey?(question: ReadQuestion, signal: AbortSignal): Promise<ReadAnswer>;
  /** How one consumes elsewhere: the program and its arguments, without the job (harness/consumers/consumer-job.ts), and the addresses of the consumer API. */
  consumerProgram?(door: ConsumerDoor): { readonly args: readonly string[]; readonly urls: readonly string[] };
  /** Its books at this instant, all lanes from one snapshot. */
  books?(): Promise<BookSample>;
  /** Every row of the final state, streamed. */
  readBack(): AsyncIterable<FinalRow>;
  /** Runs SQL for evidence and for faults that need it. */
  query<Row extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Holds a lock on the read model of processor `timelines` until disposed; `waiting` tells which backend pids and application_names wait for it. */
  lockReadModel(): Promise<
    AsyncDisposable & { waiting(): Promise<readonly { readonly applicationName: string; readonly backendPid: number }[]> }
  >;
};

export type Target = {
  readonly name: string;
  /** What it can't be asked for, each with the reason; left out: it can be asked for everything. */
  readonly lacks?: Lacks;
  start(options: StartOptions, signal: AbortSignal): Promise<RunningTarget>;
};

/** What the harness must know of a target's alerts: data, read from the very file that is evaluated. */
export type TargetAlerts = {
  /** Rules in Prometheus' format, with windows that fit a run. Every alert keeps the labels of run and scenario. */
  readonly rulesFile: string;
  /** The alert that always fires. */
  readonly heartbeat: string;
};
