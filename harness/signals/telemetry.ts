// One telemetry stack, asked and told things about one scenario: what the engine holds (engine/parts.ts, Telemetry).
import type { Clock } from '../engine/clock.ts';
import type { LoadedDashboard } from './load-dashboards.ts';
import type { Telemetry } from '../engine/parts.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { ask } from './ask.ts';
import { askFinals } from './ask-finals.ts';
import { sendCanary, type CanaryOptions } from './canary.ts';
import type { SignalClient } from './client.ts';
import { collectAlerts, type RuleNames } from './collect-alerts.ts';
import { collectSignals } from './collect-signals.ts';
import { SignalError } from './signal-error.ts';
import type { TargetSignals } from './target-signals.ts';

export type TelemetryOptions = {
  /** Where the canaries go. */
  readonly otlp: CanaryOptions['otlp'];
  readonly client: SignalClient;
  readonly signals: TargetSignals;
  /** The alert that always fires. */
  readonly heartbeat: string;
  /** Of the target's own rules. */
  readonly ruleNames: RuleNames;
  readonly clock: Clock;
  readonly exportIntervalMs: number;
  /** How long after it was taken in something may stay invisible to a search. */
  readonly visibleWithinMs: number;
  /** Those that checks on panels are about. */
  readonly dashboards: () => Promise<readonly LoadedDashboard[]>;
  /** What the receivers have dropped since they began. */
  readonly dropped: RunningStack['dropped'];
};

export const canaryWithinMs = 5_000;
/** Longer than any scenario, shorter than the embedded stack's memory. */
const runWithinMs = 1_800_000;

export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1)));

const fingerprintOf = async (
  { client, signals, clock, exportIntervalMs }: TelemetryOptions,
  scope: { runId: string; scenario: string },
): Promise<string> => {
  const atMs = clock.now();
  const finals = await askFinals({ client, scope, signals, exportIntervalMs, atMs, sinceMs: atMs - runWithinMs });
  const failed = finals.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) throw new SignalError('prometheus', failed.promql, null, failed.error);
  if (finals.every(({ series }) => series.length === 0))
    throw new SignalError('prometheus', 'the final values', 200, 'no series of this run at all');
  const values = finals.flatMap(({ signal, series }) =>
    series.map(({ labels, samples }) => `${signal} ${labelsText(labels)} ${samples.at(-1)?.[1]}`),
  );
  return values.toSorted().join('\n');
};

/** 404 is no answer of a receiver: there is none at that address. */
export const sendOtlp = async (
  { urls, headers }: TelemetryOptions['otlp'],
  signal: 'metrics' | 'logs',
  body: unknown,
  timeoutMs: number,
) => {
  const url = urls[signal];
  const { status } = await ask({ backend: 'otlp', url, headers: headers[signal] ?? {}, json: body, timeoutMs });
  if (status === 404) throw new SignalError('otlp', url, status, 'takes no OTLP');
};

export const createTelemetry = (options: TelemetryOptions): Telemetry => {
  const { otlp, client, signals, clock, exportIntervalMs, visibleWithinMs, dashboards, dropped, heartbeat, ruleNames } = options;
  const withinMs = canaryWithinMs + visibleWithinMs;
  return {
    send: (signal, body, timeoutMs) => sendOtlp(otlp, signal, body, timeoutMs),
    canary: (when, scope, signal) => sendCanary({ otlp, client, clock, when, scope, withinMs, signal }),
    fingerprint: (scope) => fingerprintOf(options, scope),
    collect: (collected) => collectSignals({ ...collected, client, signals, clock, visibleWithinMs, dashboards, dropped }),
    alerts: ({ runId, scenario, plan, ...asked }) =>
      collectAlerts({
        ...asked,
        client,
        clock,
        heartbeat,
        ruleNames,
        exportIntervalMs,
        scope: { runId, scenario },
        detection: plan.scenario.detection,
      }),
  };
};
