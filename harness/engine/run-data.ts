// Everything that is known of one scenario's run: what judge reads from its folder, and all that any checker may look at.
// runs/<id>/: run.json, verdict.json, junit.xml, report.html; runs/<id>/<scenario>/: one file for each part below.
import type { BookSample } from '../history/book-sample.ts';
import type { RowList } from '../history/columns/row-list.ts';
import type { ConsumedLine } from '../history/consumed-line.ts';
import type { CountedFile } from '../history/counted-file.ts';
import type { FinalState } from '../history/final-tables.ts';
import type { Operation } from '../history/operation.ts';
import type { ReadOperation } from '../history/read-operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Lacks } from '../targets/offers.ts';
import type { DroppedRecords, RuntimeName } from '../stack/running-stack.ts';

/** run.json */
export type RunManifest = {
  readonly format: 1;
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly state: 'running' | 'finished' | 'interrupted' | 'failed';
  readonly seed: number;
  readonly scenarios: readonly string[];
  readonly runtime: RuntimeName;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: { readonly cpus: number; readonly model: string; readonly memoryBytes: number; readonly platform: string };
  /** Git commit where known; seed + commit repeat the plan. */
  readonly commit: string | null;
  readonly error?: string;
};

/** plan.json: the scenario as it was, and where its phases fell. */
export type ScenarioPlan = {
  readonly format: 1;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly plannedOperations: number;
  /** SHA-256 of the planned arrivals: the same seed and commit give the same digest on every machine. */
  readonly digest: string;
  /** The system under test and what it does not offer; left out: faultline itself, which offers everything. */
  readonly target?: { readonly name: string; readonly lacks: Lacks };
};

/** timeline.json: when things really happened, epoch milliseconds. */
export type RunTimeline = {
  readonly zeroAt: number;
  readonly phases: readonly { readonly name: string; readonly kind: string; readonly from: number; readonly to: number }[];
  /** When everything was drained; null: it never was, with what was still open. */
  readonly drainedAt: number | null;
  readonly drainPending: readonly string[];
};

/** evidence.json: one entry a fault. Evidence comes from the target (pids, exit signals, lease rows, pg_stat_activity), never from the request. */
export type FaultEvidence = {
  readonly fault: string;
  readonly kind: string;
  readonly injectedAt: number;
  readonly healedAt: number | null;
  readonly tookEffect: boolean;
  readonly healed: boolean;
  readonly observations: readonly { readonly at: number; readonly source: string; readonly observed: string; readonly data?: unknown }[];
};

export type Sample = readonly [atSeconds: number, value: number];
export type Series = { readonly labels: Readonly<Record<string, string>>; readonly samples: readonly Sample[] };

/** signals.json: each question that was asked of the telemetry, with its answer, so that judging again needs no stack. */
export type SignalsRecord = {
  readonly exportIntervalMs: number;
  readonly budgets: readonly {
    readonly name: string;
    readonly phase: string;
    readonly promql: string;
    readonly from: number;
    readonly to: number;
    /** All that it reads comes from the one elected exporter of the books. */
    readonly accounted: boolean;
    readonly series: readonly Series[];
    readonly error?: string;
  }[];
  /** Cumulative values at quiescence, last raw sample of each series: what agreement compares. */
  readonly finals: readonly {
    readonly signal: string;
    readonly promql: string;
    readonly series: readonly Series[];
    readonly error?: string;
  }[];
  /** For plots and for lag: whole-run range queries, one step a second. */
  readonly plots: readonly {
    readonly name: string;
    readonly unit: string;
    readonly promql: string;
    readonly series: readonly Series[];
    readonly error?: string;
  }[];
  /** A canary metric, log and span sent before and after the run, and whether each came back. */
  readonly canary: readonly {
    readonly when: 'before' | 'after';
    readonly kind: 'metric' | 'log' | 'span';
    readonly found: boolean;
    readonly afterMs: number;
    readonly detail?: string;
  }[];
  /** For each marked request that was looked for: the spans found, by name, and whether they lead from request through stream to row. */
  readonly traces: readonly {
    readonly traceId: string;
    readonly spans: readonly { readonly name: string; readonly kind: string; readonly service: string; readonly linked: boolean }[];
    readonly complete: boolean;
    readonly missing: readonly string[];
    /** The stack did not answer: the trace may be whole or not. */
    readonly error?: string;
  }[];
  /** How many lines of the log questions found, at most 5,000 each; a folder of before has more questions, without their level. */
  readonly logs: readonly { readonly level?: 'error'; readonly query: string; readonly lines: number; readonly error?: string }[];
  /** What the log says of the marked events and of dead letters; absent: it was not asked. */
  readonly eventLogs?: EventLogs;
  /** Each query of each dashboard, where a check of the scenario asks for them. */
  readonly panels?: readonly PanelRecord[];
  /** What the receivers had to drop for their limits; `uncounted`: this runtime can't tell; null: it can, and did not say. */
  readonly dropped: DroppedRecords | null;
};

export type EventLogs = {
  readonly queries: readonly string[];
  /** The events that it was asked about, by their ids. */
  readonly asked: readonly number[];
  readonly records: readonly {
    readonly eventId: number;
    readonly traceId: string | null;
    readonly spanId: string | null;
    readonly service: string;
    readonly severity: string;
    readonly line: string;
  }[];
  /** Traces of some of these records, looked up by their ids: whether the record's span is in it. */
  readonly traces: readonly { readonly traceId: string; readonly spanId: string; readonly found: boolean; readonly error?: string }[];
  readonly error?: string;
};

/** One query of a panel, an annotation or a variable, asked at the end of the traffic. */
export type PanelRecord = {
  /** Its uid; its file where it could not be read. */
  readonly dashboard: string;
  /** Its title; `annotation <name>` and `variable <name>` for those. */
  readonly panel: string;
  readonly panelId: number | null;
  readonly refId: string;
  readonly datasource: 'prometheus' | 'tempo' | 'loki';
  readonly kind: 'instant' | 'range' | 'search' | 'trace';
  readonly query: string;
  /** Series with a number, traces, or lines; a few are enough to stop counting. */
  readonly found: number;
  readonly error?: string;
  /** The stack understood the question and refused it, or the dashboard could not be read. */
  readonly isRefused?: boolean;
};

/** From the first moment at which it was seen so to the first at which it no longer was; null: it was so to the end. Epoch milliseconds. */
export type AlertInterval = { readonly from: number; readonly to: number | null };

/** alerts.json: what the rules said during the run, as an operator would have been told it. */
export type AlertsRecord = {
  readonly format: 1;
  /** The stretch that was asked for, from the scenario's zero; every `stepMs`. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** What was said so long before a step still stands for it: a stretch goes on for so much longer than the rules said so. Folders of before do not have it. */
  readonly lookbackMs?: number;
  /**
   * The target's alerts, with the worst health among the rules of a name: `ok`, what the evaluator said, or `missing` where it has no rule for it (a folder of
   * before leaves those out); and how seldom they are evaluated.
   */
  readonly rules: readonly {
    readonly alert: string;
    readonly health: string;
    readonly intervalSeconds: number;
    readonly lastError?: string;
  }[];
  /** The alert that always fires: while it does, rules were evaluated and telemetry came in. */
  readonly heartbeat: string;
  readonly alerts: readonly {
    readonly alert: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly pending: readonly AlertInterval[];
    readonly firing: readonly AlertInterval[];
  }[];
  /** A question that was not answered: nothing follows from what is missing then. */
  readonly error?: string;
};

/** A line of machine.ndjson, twice a second. */
export type MachineSample = {
  readonly at: number;
  /** Of a clock that is never set; two samples tell whether the wall's was. */
  readonly monotonicMs?: number;
  /** Logical cores that the shares below are of. */
  readonly cores?: number;
  /** Shares of all cores since the last sample, 0..1. */
  readonly cpuBusy: number;
  readonly cpuSteal: number;
  /** CPU seconds since the last sample and PSS now, per process of ours. Foreign load = busy minus all of these. */
  readonly processes: readonly {
    readonly role: string;
    readonly pid: number;
    readonly cpuSeconds: number;
    readonly pssBytes: number | null;
  }[];
};

export type RunData = {
  readonly plan: ScenarioPlan;
  readonly timeline: RunTimeline;
  /** A table where it was read from a file; whoever judges takes it from `indexOf`, which makes one. */
  readonly operations: RowList<Operation>;
  /** False where the trailer is missing: the history is truncated. */
  readonly historyComplete: boolean;
  /** What clients read while the traffic went on; null: the scenario asks for no reads. */
  readonly reads: CountedFile<ReadOperation> | null;
  /** The records of those who consumed elsewhere, one instance after the other; null: nobody did. */
  readonly consumed: CountedFile<ConsumedLine> | null;
  /** The books over time; null: the target keeps none, or was not asked. */
  readonly books: CountedFile<BookSample> | null;
  readonly finalState: FinalState;
  readonly finalStateComplete: boolean;
  readonly evidence: readonly FaultEvidence[];
  readonly signals: SignalsRecord | null;
  /** null: nobody asked for alerts, or nobody could answer. */
  readonly alerts: AlertsRecord | null;
  readonly machine: readonly MachineSample[];
  /** False where the last line is missing: what the machine did at the end is not known. */
  readonly machineComplete: boolean;
};
