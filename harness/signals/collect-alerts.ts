// Waits, within bounds, until what is expected to fire has fired and has ended again, and until whatever the run set off would have fired, then writes down what the
// rules said during the whole run.
import { causeOf } from '../engine/alert-cause.ts';
import type { Clock } from '../engine/clock.ts';
import type { AlertsRecord, FaultEvidence, RunTimeline } from '../engine/run-data.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { Detection } from '../scenario/scenario.ts';
import { alertsFrom } from './alert-intervals.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { runMatchers, type RunScope } from './substitute.ts';

export type RuleNames = { readonly alerts: readonly string[]; readonly records: readonly string[] };

export type CollectAlertsOptions = {
  readonly client: Pick<SignalClient, 'range' | 'alertRules'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly scope: RunScope;
  readonly heartbeat: string;
  /** The rules of the target: an evaluator may have others of its own, which are none of our business. */
  readonly ruleNames: RuleNames;
  readonly detection: Detection;
  readonly timeline: RunTimeline;
  readonly evidence: readonly FaultEvidence[];
  readonly exportIntervalMs: number;
};

const stepMs = 1000;
/** Rules are evaluated every second: what was not said again for so long is not so any more, or nobody evaluates. */
const lookbackSeconds = 3;
/** What happened is in the windows of the rules of a run for so long (grafana/alerts/source/profile.ts): an alert on it fires by then, or never. */
const windowMs = 5000;
/** What is late is seen to be late, and by how much. */
const graceMs = 2000;
/** One answer that comes late is not the end of it; a stack that never answers is not waited for to the last bound. */
const enoughFailures = 5;

export const collectAlerts = async (options: CollectAlertsOptions): Promise<AlertsRecord> => {
  const { clock, signal } = options;
  const withinMs = Math.max(graceMs, deadlineOf(options) + graceMs - clock.now());
  let failures = 0;
  const { last } = await waitUntil(
    () => askAlerts(options),
    (record) => {
      failures = record.error === undefined ? 0 : failures + 1;
      return failures >= enoughFailures || (failures === 0 && isSettled(record, options));
    },
    { clock, withinMs, everyMs: stepMs / 2, signal },
  );
  const { value: rules, error } = await attempt<AlertsRecord['rules']>(options.client.alertRules(), []);
  if (error !== undefined) return { ...last, rules: [], error };
  return { ...last, rules: ownRules(rules, options.ruleNames) };
};

/** An alert without a rule can't fire: it must not pass for one that was silent. A recording rule is only listed where it fails. */
const ownRules = (listed: AlertsRecord['rules'], { alerts, records }: RuleNames): AlertsRecord['rules'] => {
  const loaded = new Set(listed.map(({ alert }) => alert));
  return [
    ...listed.filter(({ alert }) => alerts.includes(alert) || records.includes(alert)),
    ...alerts.filter((alert) => !loaded.has(alert)).map((alert) => ({ alert, health: 'missing', intervalSeconds: 0 })),
  ];
};

const askAlerts = async ({ client, clock, scope, timeline, heartbeat }: CollectAlertsOptions): Promise<AlertsRecord> => {
  const [from, to] = [timeline.zeroAt, clock.now()];
  const asking = client.range(`ALERTS{${runMatchers(scope)}}`, from / 1000, to / 1000, stepMs / 1000, lookbackSeconds);
  const { value, error } = await attempt(asking, []);
  const alerts = alertsFrom(value, { fromMs: from, toMs: to, stepMs });
  return {
    format: 1,
    from,
    to,
    stepMs,
    lookbackMs: lookbackSeconds * 1000,
    rules: [],
    heartbeat,
    alerts,
    ...(error === undefined ? {} : { error }),
  };
};

/** When whatever happened up to the end of the run has been exported, evaluated, and is in no window of a rule any more. */
const heardAt = ({ timeline, exportIntervalMs }: CollectAlertsOptions): number =>
  Math.max(timeline.drainedAt ?? 0, ...timeline.phases.map(({ to }) => to)) + exportIntervalMs + stepMs + windowMs;

/** When the last bound has passed: to wait for longer would tell nothing new. */
const deadlineOf = (options: CollectAlertsOptions): number => {
  const { detection, timeline, evidence } = options;
  return Math.max(
    heardAt(options),
    ...detection.fires.map(({ cause, withinSeconds, resolvesWithinSeconds }) => {
      const found = causeOf(cause, { timeline, evidence });
      if (found === null) return 0;
      const fires = found.startedAt + withinSeconds * 1000;
      return resolvesWithinSeconds === 'never' || found.endedAt === null
        ? fires
        : Math.max(fires, found.endedAt + resolvesWithinSeconds * 1000);
    }),
  );
};

/** The end of the run has been heard, each expected alert has fired since its cause, and those that end with it no longer fire. */
const isSettled = (record: AlertsRecord, options: CollectAlertsOptions): boolean =>
  record.to >= heardAt(options) && haveComeAndGone(record, options);

const haveComeAndGone = ({ alerts }: AlertsRecord, { detection, timeline, evidence }: CollectAlertsOptions): boolean =>
  detection.fires.every(({ alert, cause, resolvesWithinSeconds }) => {
    const found = causeOf(cause, { timeline, evidence });
    const firing = alerts.filter((each) => each.alert === alert).flatMap((each) => each.firing);
    if (found === null) return true;
    const fired = firing.some(({ to }) => to === null || to > found.startedAt);
    return fired && (resolvesWithinSeconds === 'never' || firing.every(({ to }) => to !== null));
  });
