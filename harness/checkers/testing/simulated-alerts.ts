// Test support: alerts.json of a run in which all went as its scenario expects.
import { causeOf } from '../../engine/alert-cause.ts';
import type { AlertsRecord, RunData } from '../../engine/run-data.ts';

/** What rules say that are evaluated all the time: each expected alert comes two seconds after its cause and ends two after it, unless it rests. */
export const alertsOf = (run: Pick<RunData, 'plan' | 'timeline' | 'evidence'>): AlertsRecord => {
  const { detection } = run.plan.scenario;
  const [from, to] = [run.timeline.zeroAt, Math.max(...run.timeline.phases.map((phase) => phase.to)) + 20_000];
  const heartbeat = 'AlwaysFires';
  const fired = detection.fires.flatMap(({ alert, cause, resolvesWithinSeconds }) => {
    const found = causeOf(cause, run);
    if (found === null) return [];
    const end = resolvesWithinSeconds === 'never' || found.endedAt === null ? null : found.endedAt + 2000;
    return [{ alert, labels: { severity: 'ticket' }, pending: [], firing: [{ from: found.startedAt + 2000, to: end }] }];
  });
  const names = [heartbeat, 'NeverFires', ...new Set(detection.fires.map(({ alert }) => alert))];
  return {
    format: 1,
    from,
    to,
    stepMs: 1000,
    rules: names.map((alert) => ({ alert, health: 'ok', intervalSeconds: 1 })),
    heartbeat,
    alerts: [{ alert: heartbeat, labels: { severity: 'heartbeat' }, pending: [], firing: [{ from, to: null }] }, ...fired],
  };
};
