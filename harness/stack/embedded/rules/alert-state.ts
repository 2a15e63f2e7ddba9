// Prometheus' state machine of one alerting rule, as a pure function: what was known before and what the expression gave now -> what is known after.
import type { Labels } from '../promql/labels.ts';
import type { TextMap } from './rule.ts';

export type AlertState = 'inactive' | 'pending' | 'firing';

/** One element of the expression's result, labelled. */
export type FoundAlert = { readonly labels: Labels; readonly annotations: TextMap; readonly value: number };

/** Inactive: it fired and was resolved at `resolvedAtMs`. One that was only pending is forgotten at once. */
export type Alert = FoundAlert & {
  readonly state: AlertState;
  readonly activeAtMs: number;
  readonly firedAtMs: number | null;
  readonly resolvedAtMs: number | null;
  /** Since when it fires for keep_firing_for alone. */
  readonly keepFiringSinceMs: number | null;
};

/** By the key of their labels. */
export type Alerts = ReadonlyMap<string, Alert>;

export type AlertTiming = { readonly atMs: number; readonly forMs: number; readonly keepFiringForMs: number };

/** So that whoever was told of it can be told of its end, even after a while out of reach. */
export const resolvedRetentionMs = 15 * 60_000;

const begin = (found: FoundAlert, atMs: number): Alert => ({
  ...found,
  state: 'pending',
  activeAtMs: atMs,
  firedAtMs: null,
  resolvedAtMs: null,
  keepFiringSinceMs: null,
});

const isActive = (alert: Alert | undefined): alert is Alert => alert !== undefined && alert.state !== 'inactive';

const agedBy = (alert: Alert, { atMs, forMs }: AlertTiming): Alert => {
  const held = atMs - alert.activeAtMs >= forMs;
  if (alert.state === 'pending' && held) return { ...alert, state: 'firing', firedAtMs: atMs };
  // The rule's `for` can have grown under a firing alert.
  if (alert.state === 'firing' && !held) return { ...alert, state: 'pending', firedAtMs: null, keepFiringSinceMs: null };
  return alert;
};

const present = (before: Alert | undefined, found: FoundAlert, timing: AlertTiming): Alert =>
  agedBy(isActive(before) ? { ...before, ...found, keepFiringSinceMs: null } : begin(found, timing.atMs), timing);

/** null: forgotten. */
const absent = (before: Alert, timing: AlertTiming): Alert | null => {
  const { atMs, keepFiringForMs } = timing;
  if (before.state === 'pending') return null;
  if (before.state === 'inactive') return atMs - (before.resolvedAtMs ?? atMs) > resolvedRetentionMs ? null : before;
  const keepFiringSinceMs = keepFiringForMs > 0 ? (before.keepFiringSinceMs ?? atMs) : before.keepFiringSinceMs;
  if (keepFiringSinceMs !== null && atMs - keepFiringSinceMs < keepFiringForMs) return agedBy({ ...before, keepFiringSinceMs }, timing);
  return { ...before, keepFiringSinceMs, state: 'inactive', resolvedAtMs: atMs };
};

export const advanceAlerts = (before: Alerts, found: ReadonlyMap<string, FoundAlert>, timing: AlertTiming): Alerts => {
  const after = new Map<string, Alert>();
  for (const [key, alert] of before) {
    const again = found.get(key);
    const next = again === undefined ? absent(alert, timing) : present(alert, again, timing);
    if (next !== null) after.set(key, next);
  }
  for (const [key, each] of found) if (!before.has(key)) after.set(key, present(undefined, each, timing));
  return after;
};

export const activeAlerts = (alerts: Alerts): readonly Alert[] => [...alerts.values()].filter((alert) => isActive(alert));

/** The worst of them. */
export const stateOf = (alerts: Alerts): AlertState => {
  const states = new Set([...alerts.values()].map(({ state }) => state));
  if (states.has('firing')) return 'firing';
  return states.has('pending') ? 'pending' : 'inactive';
};
