// Detection: the alerts that an operator needs came soon after what caused them, ended soon after it was over, and no other came. From alerts.json alone.
import type { RunData } from '../engine/run-data.ts';
import type { Detection } from '../scenario/scenario.ts';
import { type CheckResult, conclude } from './check.ts';
import { areRunRules, evaluated } from './detection/evaluated.ts';
import { expectedAlert } from './detection/expected-alert.ts';
import { otherAlerts } from './detection/other-alerts.ts';

export const detection = (run: RunData): readonly CheckResult[] => {
  const { alerts: record } = run;
  // A folder that was written before there was detection holds a plan without it.
  const planned = run.plan.scenario.detection as Detection | undefined;
  if (record === null || planned === undefined)
    return [conclude('detection/evaluated', 'inconclusive', 'Nobody asked which alerts fired, or nobody could answer.')];
  const rules = evaluated(run, record);
  // Rules with windows of hours say nothing of seconds, whether they fire or not.
  if (!areRunRules(record)) return [rules];
  const trusted = rules.outcome === 'pass';
  const names = [...new Set(planned.fires.map(({ alert }) => alert))];
  return [rules, ...names.map((alert) => expectedAlert(run, record, alert, trusted)), ...otherAlerts(run, record, trusted)];
};
