// faultline's alert rules as the harness uses them: a file that the stack evaluates, and whose alerts a scenario names.
import { fileURLToPath } from 'node:url';
import type { TargetAlerts } from '../target.ts';

export const faultlineAlerts: TargetAlerts = {
  rulesFile: fileURLToPath(new URL('../../../grafana/alerts/run.rules.yml', import.meta.url)),
  heartbeat: 'FaultlineWatchdog',
};
