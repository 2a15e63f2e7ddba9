// What the books' export takes and does; the export itself is in accounting-export.ts, which a process that exports nothing does not load.
import type { CataloguedSignal } from '../contract/signals.ts';
import type { Clock, Timers } from './clock.ts';
import type { ExportFailures } from './export-failures.ts';
import { parseTelemetrySettings, type TelemetryEnvironment } from './telemetry-settings.ts';

export type AccountedSignal = Extract<CataloguedSignal, { readonly source: 'accounted' }>;

/** One value of the books, with every attribute that the catalogue names for it. */
export type BookEntry = {
  [Key in AccountedSignal['name']]: {
    readonly signal: Extract<AccountedSignal, { readonly name: Key }>;
    readonly attributes: Readonly<Record<Extract<AccountedSignal, { readonly name: Key }>['attributes'][number], string | number>>;
    readonly value: number;
  };
}[AccountedSignal['name']];

/** All of the books as read at one moment. `faultline.accounting.age` is added on export. */
export type BooksSnapshot = {
  /** By this process's clock, milliseconds since the epoch. */
  readonly readAtMs: number;
  readonly entries: readonly BookEntry[];
};

export type AccountingTelemetry = {
  /** Exports the snapshot; settles when it arrived or failed (which is counted and told, never thrown). While one is on its way, the newest waits. */
  push(snapshot: BooksSnapshot): Promise<void>;
  /** Exports the age of the last reading alone: for an interval in which the books could not be read though the lease is held. */
  reportAge(): Promise<void>;
  /** Ends the export at once: nothing is sent from here on. Call it the moment that the lease is lost. */
  stop(): void;
};

export type AccountingOptions = {
  /** When the books begin (streams.created_at), as the counters' start time; the start of this export by default. */
  readonly booksStartedAtMs?: number;
  /** The process's own: what fails here is counted where the alert on failing exports looks. */
  readonly failures: ExportFailures;
  readonly clock?: Clock & Timers;
};

export type StartAccounting = (options: AccountingOptions) => AccountingTelemetry;

/** Where OTLP is off for metrics it takes snapshots and sends nothing. */
export const prepareAccounting = async (environment: TelemetryEnvironment): Promise<StartAccounting> => {
  const settings = parseTelemetrySettings(environment);
  const { metricsUrl } = settings;
  if (metricsUrl === null) return () => ({ push: async () => {}, reportAge: async () => {}, stop: () => {} });
  const { startAccountingExport } = await import('./accounting-export.ts');
  return (options) => startAccountingExport(settings, metricsUrl, options);
};
