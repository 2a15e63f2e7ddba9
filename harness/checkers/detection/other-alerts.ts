// No other alert fired: whoever is called for nothing does not come the next time. Alerts on broken promises stand apart, since no busy machine excuses them.
import type { AlertsRecord, RunData } from '../../engine/run-data.ts';
import { type CheckResult, conclude, createFindings, type ResultId } from '../check.ts';
import { atText, endOf, secondsText } from './firing.ts';

type Alert = AlertsRecord['alerts'][number];

/** The target's own mark, a label `exact="true"`, on alerts that speak of a promise and not of a speed. */
const isExact = ({ labels }: Alert): boolean => labels['exact'] === 'true';

export const brokenPromiseId = 'detection/no-broken-promise';

export const otherAlerts = (run: RunData, record: AlertsRecord, trusted: boolean): readonly CheckResult[] => {
  const { fires, tolerated = [] } = run.plan.scenario.detection;
  const known = new Set([record.heartbeat, ...fires.map(({ alert }) => alert), ...tolerated.map(({ alert }) => alert)]);
  const others = record.alerts.filter(({ alert }) => !known.has(alert));
  const silent = record.rules.filter(({ alert }) => !known.has(alert)).length;
  return [
    noneOf(run, record, trusted, {
      id: 'detection/no-other-alert',
      alerts: others.filter((alert) => !isExact(alert)),
      good: `None of the ${silent} other alerts fired.`,
      bad: 'Alerts fired that this scenario gives no cause for (one that must fire is named in its `alerts`, one that may in `mayFire`)',
    }),
    noneOf(run, record, trusted, {
      id: brokenPromiseId,
      alerts: others.filter((alert) => isExact(alert)),
      good: 'No alert on a broken promise fired.',
      bad: 'Alerts fired that tell of a broken promise',
    }),
  ];
};

type Group = { readonly id: ResultId; readonly alerts: readonly Alert[]; readonly good: string; readonly bad: string };

const noneOf = (run: RunData, record: AlertsRecord, trusted: boolean, { id, alerts, good, bad }: Group): CheckResult => {
  const findings = createFindings();
  for (const { alert, labels, firing } of alerts) {
    for (const interval of firing)
      findings.add(`${alert} fired ${atText(interval.from, run)} for ${secondsText(endOf(interval, record) - interval.from)}`, {
        facts: { labels, interval },
      });
  }
  if (findings.total > 0) return conclude(id, 'fail', `${bad}: ${findings.total}.`, { findings });
  if (!trusted) return conclude(id, 'inconclusive', 'No such alert is known to have fired, but they may not have been evaluated.');
  return conclude(id, 'pass', good);
};
