// The wiring: which driver, faults, target, stack and checks a run is made of. The only place that knows them all.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDashboards } from '../signals/load-dashboards.ts';
import type { Clock } from '../engine/clock.ts';
import type { EngineParts, Telemetry } from '../engine/parts.ts';
import { planScenario } from '../engine/plan.ts';
import { exportIntervalMs } from '../engine/scenario-context.ts';
import { createRunFault, faults } from '../faults/registry.ts';
import { writeFinalState } from '../history/final-state-file.ts';
import { readRuleNames } from '../signals/alert-rules.ts';
import { createSignalClient } from '../signals/create-signal-client.ts';
import { createMeasuredTelemetry } from '../signals/measured-telemetry.ts';
import { createTelemetry } from '../signals/telemetry.ts';
import { recordingFile } from '../parity/recording.ts';
import { recordStack } from '../parity/record-stack.ts';
import type { RunningStack, RuntimeName } from '../stack/running-stack.ts';
import { startStack } from '../stack/start-stack.ts';
import type { StackPart } from '../stack/tested-versions.ts';
import type { TargetDefinition } from '../targets/definition.ts';
import { isJudgedInFull } from '../targets/offers.ts';
import { judgeScenarioFolder } from './judge-scenario-folder.ts';
import { silentTelemetry } from './silent-telemetry.ts';
import { startDriver } from './start-driver.ts';

export type PartsOptions = {
  readonly target: TargetDefinition;
  readonly clock: Clock;
  readonly runtime: RuntimeName;
  /** Where programs are, and how an existing stack is reached. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly without: readonly StackPart[];
  /** Write down all OTLP that the stack takes: runs/<id>/otlp.ndjson. */
  readonly record?: boolean;
};

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const ownSystemFolder = fromRoot('system');
export const scenariosFolder = fromRoot('scenarios');
export const root = fromRoot('.');

export const createParts = ({ target, clock, runtime, environment, without, record = false }: PartsOptions): EngineParts => ({
  plan: (scenario, seed) =>
    planScenario(scenario, seed, isJudgedInFull(target.lacks) ? undefined : { name: target.name, lacks: target.lacks }),
  startStack: async (helper) => {
    const stack = await startStack(runtime, { ...helper, clock, environment, without, ...runRules(target) });
    return record ? recordStack(stack, join(helper.logFolder, '..', recordingFile), clock) : stack;
  },
  openTarget: target.open,
  startDriver: (options) => startDriver(options, target, environment),
  telemetryOf: (stack) => telemetryOf(stack, target, clock),
  runFault: createRunFault(faults),
  judge: judgeScenarioFolder,
  writeFinalState: (file, target) => writeFinalState(file, target.readBack()),
});

const telemetryOf = (stack: RunningStack, { signals, alerts, lacks, dashboardsFolder }: TargetDefinition, clock: Clock): Telemetry => {
  const otlp = { urls: stack.endpoints.otlp, headers: stack.access.otlp ?? {} };
  const heard = {
    otlp,
    client: createSignalClient(stack),
    clock,
    visibleWithinMs: stack.visibleWithinMs,
    dropped: (sinceMs: number) => stack.dropped(sinceMs),
  };
  if (signals === null || alerts === null) return lacks.metrics === undefined ? createMeasuredTelemetry(heard) : silentTelemetry(otlp);
  return createTelemetry({
    ...heard,
    signals,
    heartbeat: alerts.heartbeat,
    ruleNames: readRuleNames(alerts.rulesFile),
    exportIntervalMs,
    dashboards: () => (dashboardsFolder === null ? Promise.resolve([]) : loadDashboards(dashboardsFolder)),
  });
};

/** Alerts in runs have short windows and are evaluated each second: the same rules on every runtime. */
const runRules = ({ alerts }: TargetDefinition) => ({ ruleFiles: alerts === null ? [] : [alerts.rulesFile], evaluationSeconds: 1 });
