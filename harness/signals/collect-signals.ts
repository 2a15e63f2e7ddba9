// Asks the telemetry everything that judging will need, and writes question and answer side by side: judging again needs no stack.
import type { Clock } from '../engine/clock.ts';
import type { RunTimeline, ScenarioPlan, SignalsRecord } from '../engine/run-data.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { askBudgets } from './ask-budgets.ts';
import { askEventLogs, type MarkedEvent } from './ask-event-logs.ts';
import { askFinals } from './ask-finals.ts';
import type { LoadedDashboard } from './load-dashboards.ts';
import { askLogs } from './ask-logs.ts';
import { askPanels } from './ask-panels.ts';
import { askPlots } from './ask-plots.ts';
import { askTraces } from './ask-traces.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { runMatchers } from './substitute.ts';
import type { RunScope } from './substitute.ts';
import type { TargetSignals } from './target-signals.ts';

export type CollectSignalsOptions = {
  readonly client: SignalClient;
  readonly signals: TargetSignals;
  readonly clock: Clock;
  readonly runId: string;
  readonly scenario: string;
  readonly plan: ScenarioPlan;
  readonly timeline: RunTimeline;
  readonly exportIntervalMs: number;
  readonly traceIds: readonly string[];
  /** The acknowledged events of these requests. */
  readonly marked?: readonly MarkedEvent[];
  readonly canary: SignalsRecord['canary'];
  readonly visibleWithinMs: number;
  readonly dashboards: () => Promise<readonly LoadedDashboard[]>;
  /** What the receivers had to drop. */
  readonly dropped: RunningStack['dropped'];
};

const endOf = ({ drainedAt, phases, zeroAt }: RunTimeline): number => drainedAt ?? Math.max(zeroAt, ...phases.map(({ to }) => to));

/** Until the books were exported after the end: a sample of the age signal with a later time. Not seen in time: the finals show what there is. */
const waitForBooks = async (
  { client, signals, clock, timeline, exportIntervalMs }: CollectSignalsOptions,
  scope: RunScope,
): Promise<void> => {
  const endSeconds = endOf(timeline) / 1_000;
  const promql = `max(timestamp(${signals.accountingAge.promName}{${runMatchers(scope)}}))`;
  const lastSeen = async () => (await attempt(client.instant(promql, clock.now() / 1_000), [])).value[0]?.samples.at(-1)?.[1] ?? 0;
  await waitUntil(lastSeen, (seconds) => seconds > endSeconds, { clock, withinMs: 6 * exportIntervalMs, everyMs: exportIntervalMs / 4 });
};

/** The traces of the traffic are visible by then, for they were waited for. */
const asksForPanels = ({ scenario }: ScenarioPlan): boolean => scenario.expectations.some(({ check }) => check === 'panels-have-data');

/** Rejects only for a defect: what the telemetry could not answer stands as an error beside its question. */
export const collectSignals = async (options: CollectSignalsOptions): Promise<SignalsRecord> => {
  const { client, signals, clock, plan, timeline, exportIntervalMs, traceIds, canary } = options;
  const scope = { runId: options.runId, scenario: options.scenario };
  await waitForBooks(options, scope);
  const [atMs, sinceMs] = [clock.now(), timeline.zeroAt - 60_000];
  const fromSeconds = sinceMs / 1_000;
  const toSeconds = atMs / 1_000 + 1;
  const within = { clock, withinMs: 3 * exportIntervalMs + options.visibleWithinMs };
  const [budgets, finals, plots, traces, logs, eventLogs, dropped] = await Promise.all([
    askBudgets({ client, scope, signals, plan, timeline, exportIntervalMs }),
    askFinals({ client, scope, signals, exportIntervalMs, atMs, sinceMs }),
    askPlots({ client, scope, signals, timeline, exportIntervalMs }),
    askTraces({ client, traceIds, consumerSpans: signals.consumerSpans, ...within }),
    askLogs(client, scope, fromSeconds, toSeconds),
    askEventLogs({ client, scope, signals, marked: options.marked ?? [], fromSeconds, toSeconds, ...within }),
    attempt<SignalsRecord['dropped']>(options.dropped(timeline.zeroAt), null),
  ]);
  const panels = asksForPanels(plan)
    ? { panels: await askPanels({ client, dashboards: await options.dashboards(), scope, timeline, exportIntervalMs }) }
    : {};
  return { ...panels, exportIntervalMs, budgets, finals, plots, canary, traces, logs, eventLogs, dropped: dropped.value };
};
