// What one evaluation of one rule changed about its alerts.
import type { Alerts } from './alert-state.ts';
import type { AlertingRule } from './rule.ts';

export type AlertChange = { readonly rule: AlertingRule; readonly before: Alerts; readonly after: Alerts; readonly atMs: number };
