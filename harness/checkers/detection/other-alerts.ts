// No other alert fired: whoever is called for nothing does not come the next time.
import type { AlertsRecord, RunData } from '../../engine/run-data.ts';
import { type CheckResult, conclude, createFindings } from '../check.ts';
import { atText, endOf, secondsText } from './firing.ts';

const id = 'detection/no-other-alert';

export const otherAlerts = (run: RunData, record: AlertsRecord, trusted: boolean): CheckResult => {
  const { fires, tolerated = [] } = run.plan.scenario.detection;
  const known = new Set([record.heartbeat, ...fires.map(({ alert }) => alert), ...tolerated.map(({ alert }) => alert)]);
  const findings = createFindings();
  for (const { alert, labels, firing } of record.alerts) {
    if (known.has(alert)) continue;
    for (const interval of firing)
      findings.add(`${alert} fired ${atText(interval.from, run)} for ${secondsText(endOf(interval, record) - interval.from)}`, {
        labels,
        interval,
      });
  }
  if (findings.total > 0)
    return conclude(id, 'fail', `Alerts fired that this scenario gives no cause for: ${findings.total}.`, { findings });
  if (!trusted) return conclude(id, 'inconclusive', 'No other alert is known to have fired, but they may not have been evaluated.');
  const silent = record.rules.filter(({ alert }) => !known.has(alert)).length;
  return conclude(id, 'pass', `None of the ${silent} other alerts fired.`);
};
