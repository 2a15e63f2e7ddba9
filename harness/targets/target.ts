// What the harness knows of a system under test: how to start it, where to send, where its processes are, how to read back what became of the events.
import type { FinalRow } from '../history/final-state.ts';
import type { BookSample } from '../history/book-sample.ts';
import type { ReadAnswer, ReadQuestion } from '../history/read-operation.ts';
import type { ProcessRole } from '../scenario/scenario.ts';
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
  /** Resolves when the process has ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
};

export type StartOptions = {
  readonly runId: string;
  readonly scenario: string;
  readonly processes: Readonly<Record<ProcessRole, number>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly faultyHandler: boolean;
  /** Where each signal goes by OTLP/HTTP, and with which headers: those may hold credentials. */
  readonly otlp: { readonly urls: StackEndpoints['otlp']; readonly headers: NonNullable<StackAccess['otlp']> };
  readonly exportIntervalMs: number;
  /** Where stdout and stderr of each process go. */
  readonly logFolder: string;
};

export type RunningTarget = AsyncDisposable & {
  /** What it can't be asked for; left out: it can be asked for everything. */
  readonly lacks?: Lacks;
  /** Base URL for POST /events. */
  readonly ingestUrl: string;
  readonly queryUrl: string;
  readonly databaseUrl: string;
  processes(): readonly TargetProcess[];
  /** Starts the process of this role and index again after it ended. */
  restart(role: ProcessRole, index: number): Promise<TargetProcess>;
  /** What is still on its way, in words with numbers; empty when all is drained (dead letters rest, they are not on their way). */
  pending(): Promise<readonly string[]>;
  /** The largest backlog of any processor, in events: for those who watch; judgement rests on history and telemetry. */
  lag?(): Promise<number>;
  /** One read, as those who look at the system do it: a run without a reader says nothing of the query side. */
  readAsUser?(): Promise<void>;
  /** One key as a client reads it; asked while the traffic goes on, where the scenario wants reads. */
  readKey?(question: ReadQuestion, signal: AbortSignal): Promise<ReadAnswer>;
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
