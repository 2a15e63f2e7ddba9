// The telemetry of a target whose metrics the harness knows by the target's own measures alone: budgets are asked, and a canary flies. Books, traces, log
// records and alerts are not its to give, so nothing is asked of them.
import type { Telemetry, TelemetryScope } from '../engine/parts.ts';
import type { SignalsRecord } from '../engine/run-data.ts';
import { askBudgets } from './ask-budgets.ts';
import { attempt } from './attempt.ts';
import { sendCanary } from './canary.ts';
import { SignalError } from './signal-error.ts';
import { runMatchers } from './substitute.ts';
import { canaryWithinMs, labelsText, sendOtlp, type TelemetryOptions } from './telemetry.ts';

export type MeasuredOptions = Pick<TelemetryOptions, 'otlp' | 'client' | 'clock' | 'visibleWithinMs' | 'dropped'>;

export const createMeasuredTelemetry = (options: MeasuredOptions): Telemetry => {
  const { otlp, client, clock, visibleWithinMs, dropped } = options;
  const withinMs = canaryWithinMs + visibleWithinMs;
  return {
    send: (signal, body, timeoutMs) => sendOtlp(otlp, signal, body, timeoutMs),
    canary: (when, scope, signal) => sendCanary({ otlp, client, clock, when, scope, withinMs, signal }),
    fingerprint: (scope) => fingerprintOf(options, scope),
    collect: async ({ runId, scenario, plan, timeline, exportIntervalMs, canary }): Promise<SignalsRecord> => {
      const scope = { runId, scenario };
      const [budgets, lost] = await Promise.all([
        askBudgets({ client, scope, signals: null, plan, timeline, exportIntervalMs }),
        attempt<SignalsRecord['dropped']>(dropped(timeline.zeroAt), null),
      ]);
      return { exportIntervalMs, budgets, finals: [], plots: [], canary, traces: [], logs: [], dropped: lost.value };
    },
    alerts: () => Promise.reject(new Error('this target has no alerts')),
  };
};

/** The last value of everything that the target said in this run; what the harness tells of itself goes on all the time, and is left out. */
const fingerprintOf = async ({ client, clock }: MeasuredOptions, { runId, scenario }: TelemetryScope): Promise<string> => {
  const promql = `{${runMatchers({ runId, scenario })},__name__!~"faultline_harness_.*"}`;
  const series = await client.instant(promql, clock.now() / 1_000);
  if (series.length === 0) throw new SignalError('prometheus', promql, 200, 'no series of this run at all');
  return series
    .map(({ labels, samples }) => `${labelsText(labels)} ${samples.at(-1)?.[1]}`)
    .toSorted()
    .join('\n');
};
