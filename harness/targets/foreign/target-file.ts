// What the author of a target file writes: one file that says how a system of theirs is started or attached to, where events are sent, what is still on its
// way, what it kept, and where its processes are. Whatever is not offered is said in the verdict and is never made up.
import type { StoredRow } from '../../history/final-state.ts';
import type { Dialect } from '../../drivers/dialect.ts';
import type { ProcessRole } from '../../scenario/scenario.ts';
import type { Measures } from '../../scenario/measure.ts';
import type { Lacks, Offer } from '../offers.ts';

export type ProcessRequest = {
  /** ingest: takes events; worker: applies them; query: answers readers. Faults name a process by its role and its number. */
  readonly role: ProcessRole;
  readonly index?: number;
  /** Left out: the Node that runs the harness. What a shell or a runner starts in its turn is taken for a part of the process: its process group. */
  readonly command?: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The environment variable that says where it listens: 0 at first, and the port that it then had when it is started again. */
  readonly portVariable?: string;
  /** What it prints once it is ready; the first group is its address (http://127.0.0.1:4000), where there is one. */
  readonly ready: RegExp;
};

export type StartedProcess = { readonly pid: number; readonly address: string };

export type StartContext = {
  readonly run: string;
  readonly scenario: string;
  /** A fresh, empty database for this scenario, on a PostgreSQL that the harness started; '' unless the file says `postgres: true`. */
  readonly databaseUrl: string;
  /** How many of each the scenario asks for. */
  readonly processes: Readonly<Record<ProcessRole, number>>;
  /** The scenario's own settings for the system. */
  readonly environment: Readonly<Record<string, string>>;
  /** The standard OTEL_* variables that send a process's telemetry to the run's stack, every second, marked with run and scenario: for those that export by OTLP/HTTP. */
  readonly telemetry: Readonly<Record<string, string>>;
  /** A folder for whatever the system writes; gone when the scenario is over. */
  readonly folder: string;
  /** Starts a process that the harness knows: its output goes into the run's folder, faults may hit it, and it is ended for sure. */
  startProcess(request: ProcessRequest): Promise<StartedProcess>;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
};

/** A kept event: `idempotencyKey` is the client's `id`, by which the row is known to be what was sent. */
export type KeptEvent = Omit<StoredRow, 'kind' | 'sequence'> & { readonly sequence?: number | null };

export type StartedSystem = {
  /** Base URL: events are sent to POST <url>/events. */
  readonly url: string;
  /** With `datagrams`: where it takes events by UDP, as docs/writing-a-scenario.md says; the host as an address of IPv4. */
  readonly datagrams?: { readonly host: string; readonly port: number };
  /** What is still on its way, in words with numbers; an empty list once everything is where it belongs. */
  pending(): Promise<readonly string[]>;
  /** Every event that it keeps, once nothing is on its way any more. */
  readBack?(): AsyncIterable<KeptEvent>;
  /** Closes what `start` opened, within 10 s; its processes are ended by the harness after this, whatever comes of it. */
  stop?(): Promise<void>;
};

export type TargetFile = {
  readonly name: string;
  /** Start a PostgreSQL for the run, with a fresh database for each scenario. */
  readonly postgres?: boolean;
  /** What of the list in harness/targets/offers.ts it offers. */
  readonly offers: readonly Extract<Offer, 'read-back' | 'processes' | 'database' | 'metrics' | 'datagrams'>[];
  /** With `metrics`: what budgets may be set on, by name. */
  readonly measures?: Measures;
  /** Why it does not offer the rest, where there is more to say than that. */
  readonly lacks?: Lacks;
  /** How many processes it has where a scenario does not say (default: one `ingest` and nothing else). */
  readonly processes?: Readonly<Partial<Record<ProcessRole, number>>>;
  /** How events are put to it, where that is not the contract's way. Pure: it runs in a process of its own, beside the harness. */
  readonly send?: SendFile;
  start(context: StartContext): Promise<StartedSystem>;
};

export type SendFile = Dialect & {
  /** Codes of a 503 that promise that nothing was stored. */
  readonly definiteRefusals?: readonly string[];
};
