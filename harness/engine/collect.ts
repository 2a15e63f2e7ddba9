// After the play: lets the telemetry settle, asks it everything that judging will need, reads the target's final state back, and writes it all down.
import { readHistory } from '../history/read-history.ts';
import type { RunningTarget } from '../targets/target.ts';
import { explain } from './errors.ts';
import { keptSignals } from './kept-signals.ts';
import type { Telemetry } from './parts.ts';
import type { Played } from './play.ts';
import type { ScenarioPlan, SignalsRecord } from './run-data.ts';
import { exportIntervalMs, type ScenarioContext } from './scenario-context.ts';
import { scenarioFiles, type ScenarioFiles } from './scenario-files.ts';
import { waitUntilSettled } from './settle.ts';
import { writeJson } from './write-json.ts';

const settleWithinMs = 8000;

export type CollectInput = {
  readonly target: RunningTarget;
  readonly telemetry: Telemetry;
  readonly plan: ScenarioPlan;
  readonly played: Played;
  readonly canaryBefore: SignalsRecord['canary'];
  readonly instances: readonly { readonly role: 'ingest' | 'worker' | 'query'; readonly instance: string }[];
};

export const collect = async (context: ScenarioContext, input: CollectInput): Promise<void> => {
  const files = scenarioFiles(context.folder);
  const { timeline, evidence } = input.played;
  const { lacks = {} } = context.target;
  await Promise.all([
    writeJson(files.timeline, timeline),
    writeJson(files.evidence, evidence),
    context.parts.writeFinalState(files.finalState, input.target),
    ...(lacks.metrics === undefined ? [attempt(context, collectTelemetry(context, input, files))] : []),
    ...(lacks.alerts === undefined ? [attempt(context, collectAlerts(context, input, files))] : []),
  ]);
};

/** Without signals.json or alerts.json the second witness is silent, which judging calls inconclusive: a dead receiver is no error of the harness. */
const attempt = ({ onProgress, scenario }: ScenarioContext, collecting: Promise<void>): Promise<void> =>
  collecting.catch((error: unknown) =>
    onProgress({ kind: 'warning', text: `the telemetry of ${scenario.name} could not be collected: ${explain(error)}` }),
  );

const collectTelemetry = async (context: ScenarioContext, input: CollectInput, files: ScenarioFiles): Promise<void> => {
  const { clock, signal, runId, onProgress } = context;
  const { telemetry, plan, played, canaryBefore, instances } = input;
  const scope = { runId, scenario: context.scenario.name };
  const fingerprint = () => telemetry.fingerprint(scope);
  const settled = await waitUntilSettled({ fingerprint, clock, signal, exportIntervalMs, withinMs: settleWithinMs });
  if (!settled.settled)
    onProgress({ kind: 'warning', text: `the telemetry of ${scope.scenario} had not settled after ${settled.afterMs} ms` });
  const [canaryAfter, marked] = await Promise.all([telemetry.canary('after', scope, signal), markedEvents(files.history)]);
  const canary = [...canaryBefore, ...canaryAfter];
  const { timeline } = played;
  const traceIds = marked.map(({ traceId }) => traceId);
  const signals = await telemetry.collect({ ...scope, plan, timeline, exportIntervalMs, traceIds, marked, instances, canary });
  await writeJson(files.signals, keptSignals(signals));
};

const collectAlerts = async ({ runId, scenario, signal }: ScenarioContext, input: CollectInput, files: ScenarioFiles): Promise<void> => {
  const { telemetry, plan, played } = input;
  const { timeline, evidence } = played;
  await writeJson(files.alerts, await telemetry.alerts({ runId, scenario: scenario.name, plan, timeline, evidence, signal }));
};

/** Requests that were marked and acknowledged: their traces must be complete, and the log must lead to them. */
const markedEvents = async (historyFile: string): Promise<readonly { readonly id: number; readonly traceId: string }[]> => {
  const { operations } = await readHistory(historyFile);
  const marked = operations.filter(({ traceId, outcome, duplicate }) => traceId !== null && outcome === 'ok' && duplicate === false);
  return marked.flatMap(({ id, traceId }) => (id !== null && traceId !== null ? [{ id, traceId }] : []));
};
