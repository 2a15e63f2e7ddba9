// What the engine needs of drivers, faults, targets, stack and judge: wired by explicit maps in harness/cli, replaced one by one in tests.
import type { RunFault } from '../faults/registry.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import type { RunningTarget, Target, TargetProcess } from '../targets/target.ts';
import type { Judgement } from './judge.ts';
import type { PlannedScenario } from './plan.ts';
import type { AlertsRecord, FaultEvidence, RunTimeline, ScenarioPlan, SignalsRecord } from './run-data.ts';

export type Helper = AsyncDisposable & {
  /** What it is called in machine.ndjson. */
  readonly role: string;
  readonly pid: number;
};

/** `pid`: of the server that it keeps for all scenarios; null where it keeps none. */
export type OpenTarget = Omit<Helper, 'pid'> & { readonly pid: number | null; readonly target: Target };

export type StartHelper = {
  readonly registry: ProcessRegistry;
  readonly logFolder: string;
  readonly signal: AbortSignal;
  /** Told of what somebody has to do by hand, also while all is taken down. */
  readonly warn?: (text: string) => void;
};

/** Counted since the scenario's zero. */
export type DriverProgress = {
  readonly sent: number;
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly phases: readonly { readonly phase: string; readonly done: number; readonly latencyMs: { readonly p99: number } | null }[];
  /** Of what was acknowledged, from the intended time, since the zero: a count for each bound, and one above the last. */
  readonly latency: { readonly boundsSeconds: readonly number[]; readonly counts: readonly number[]; readonly sumSeconds: number };
  /** What the target's own code threw at the first answer that it could not read; left out: nothing. */
  readonly unreadable?: string;
};

export type RunningDriver = Helper & {
  /** Where several processes share the traffic: the others. */
  readonly others?: readonly Pick<Helper, 'role' | 'pid'>[];
  /** Sends off the traffic; `zeroAt` in epoch milliseconds, a little ahead. */
  go(zeroAt: number): void;
  /** Resolves when the history is on disk; rejects when the driver ended without that. */
  readonly done: Promise<unknown>;
};

export type DriverOptions = StartHelper & {
  readonly planned: PlannedScenario;
  readonly url: string;
  /** The target's door for datagrams; null: it has none. */
  readonly datagrams: NonNullable<RunningTarget['datagrams']> | null;
  /** By tenant, the key that is sent with its events; null: none. */
  readonly credentials: NonNullable<RunningTarget['credentials']> | null;
  /** Where a driver that exports metrics of its own sends them, and what marks them as those of this run. */
  readonly metrics: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly attributes: Readonly<Record<string, string>>;
  };
  readonly historyFile: string;
  readonly onProgress: (progress: DriverProgress) => void;
};

export type TelemetryScope = { readonly runId: string; readonly scenario: string };

export type CollectOptions = TelemetryScope & {
  readonly plan: ScenarioPlan;
  readonly timeline: RunTimeline;
  readonly exportIntervalMs: number;
  /** Trace ids of the requests that were marked. */
  readonly traceIds: readonly string[];
  /** The acknowledged events of these requests. */
  readonly marked?: readonly { readonly id: number; readonly traceId: string }[];
  readonly instances: readonly Pick<TargetProcess, 'role' | 'instance'>[];
  readonly canary: SignalsRecord['canary'];
};

export type AlertsOptions = TelemetryScope & {
  readonly plan: ScenarioPlan;
  readonly timeline: RunTimeline;
  readonly evidence: readonly FaultEvidence[];
  readonly signal: AbortSignal;
};

/** One stack, asked and told things about one scenario. */
export type Telemetry = {
  /** Hands a body of OTLP in JSON over; rejects where the stack did not take it within the time. */
  send(signal: 'metrics' | 'logs', body: unknown, timeoutMs: number): Promise<void>;
  canary(when: 'before' | 'after', scope: TelemetryScope, signal: AbortSignal): Promise<SignalsRecord['canary']>;
  /** The final cumulative values as text: two equal answers, an export interval apart, are a telemetry that has settled. */
  fingerprint(scope: TelemetryScope): Promise<string>;
  collect(options: CollectOptions): Promise<SignalsRecord>;
  /** Waits until the alerts that are expected have come and gone, or their time is up. */
  alerts(options: AlertsOptions): Promise<AlertsRecord>;
};

export type EngineParts = {
  readonly plan: (scenario: Scenario, seed: number) => PlannedScenario;
  readonly startStack: (options: StartHelper) => Promise<RunningStack>;
  readonly openTarget: (options: StartHelper) => Promise<OpenTarget>;
  readonly startDriver: (options: DriverOptions) => Promise<RunningDriver>;
  readonly telemetryOf: (stack: RunningStack) => Telemetry;
  readonly runFault: RunFault;
  readonly judge: (scenarioFolder: string) => Promise<Judgement>;
  readonly writeFinalState: (file: string, target: RunningTarget) => Promise<number>;
};
