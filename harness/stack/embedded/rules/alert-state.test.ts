import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsFrom } from '../promql/labels.ts';
import type { Alert, Alerts, FoundAlert } from './alert-state.ts';
import { activeAlerts, advanceAlerts, resolvedRetentionMs, stateOf } from './alert-state.ts';

const labels = labelsFrom({ alertname: 'Slow' });
const found = (value = 1): ReadonlyMap<string, FoundAlert> => new Map([[labels.key, { labels, annotations: {}, value }]]);
const nothing: ReadonlyMap<string, FoundAlert> = new Map();

type Step = readonly [atMs: number, present: boolean];

/** The only alert after each step. */
const run = (steps: readonly Step[], { forMs = 0, keepFiringForMs = 0 } = {}): readonly (Alert | undefined)[] => {
  let alerts: Alerts = new Map();
  return steps.map(([atMs, present]) => {
    alerts = advanceAlerts(alerts, present ? found(atMs) : nothing, { atMs, forMs, keepFiringForMs });
    return alerts.get(labels.key);
  });
};

const states = (steps: readonly Step[], timing = {}): readonly string[] => run(steps, timing).map((alert) => alert?.state ?? 'none');

const seconds = (...presence: readonly (0 | 1)[]): readonly Step[] => presence.map((present, index) => [index * 1000, present === 1]);

describe('an alert', () => {
  it('fires at once without a for, and is resolved when the expression no longer holds', () => {
    const [first, , third] = run(seconds(1, 1, 0));
    expect(first).toMatchObject({ state: 'firing', activeAtMs: 0, firedAtMs: 0, resolvedAtMs: null });
    expect(third).toMatchObject({ state: 'inactive', activeAtMs: 0, firedAtMs: 0, resolvedAtMs: 2000 });
  });

  it('is pending until its for is over, to the millisecond', () => {
    const timing = { forMs: 2000 };
    expect(states(seconds(1, 1, 1, 1), timing)).toEqual(['pending', 'pending', 'firing', 'firing']);
    expect(
      states(
        [
          [0, true],
          [1999, true],
          [2000, true],
        ],
        timing,
      ),
    ).toEqual(['pending', 'pending', 'firing']);
  });

  it('is forgotten, and begins anew, where it flaps within its for', () => {
    expect(states(seconds(1, 1, 0, 1, 1, 1), { forMs: 2000 })).toEqual(['pending', 'pending', 'none', 'pending', 'pending', 'firing']);
  });

  it('keeps firing for keep_firing_for, counted anew after each return', () => {
    const timing = { keepFiringForMs: 2000 };
    expect(states(seconds(1, 0, 0, 0), timing)).toEqual(['firing', 'firing', 'firing', 'inactive']);
    const alerts = run(seconds(1, 0, 1, 0, 0, 0), timing);
    expect(alerts.map((alert) => alert?.keepFiringSinceMs)).toEqual([null, 1000, null, 3000, 3000, 3000]);
    expect(alerts.map((alert) => alert?.state)).toEqual(['firing', 'firing', 'firing', 'firing', 'firing', 'inactive']);
    expect(alerts.map((alert) => alert?.activeAtMs)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('never keeps a pending alert for keep_firing_for', () => {
    expect(states(seconds(1, 0), { forMs: 5000, keepFiringForMs: 5000 })).toEqual(['pending', 'none']);
  });

  it('is a new one when it returns after it was resolved', () => {
    const [, , again] = run(seconds(1, 0, 1));
    expect(again).toMatchObject({ state: 'firing', activeAtMs: 2000, firedAtMs: 2000, resolvedAtMs: null });
  });

  it('is remembered as resolved for 15 minutes, and not longer', () => {
    const steps: readonly Step[] = [
      [0, true],
      [1000, false],
      [1000 + resolvedRetentionMs, false],
      [1001 + resolvedRetentionMs, false],
    ];
    expect(states(steps)).toEqual(['firing', 'inactive', 'inactive', 'none']);
  });

  it('shows the newest value and annotations while it goes on', () => {
    expect(run(seconds(1, 1)).map((alert) => alert?.value)).toEqual([0, 1000]);
  });

  it('is pending again where its rule asks for longer than it has held', () => {
    const firing = advanceAlerts(new Map(), found(), { atMs: 0, forMs: 0, keepFiringForMs: 0 });
    const after = advanceAlerts(firing, found(), { atMs: 1000, forMs: 5000, keepFiringForMs: 0 });
    expect(after.get(labels.key)).toMatchObject({ state: 'pending', activeAtMs: 0, firedAtMs: null });
  });
});

const history = fc.record({
  presence: fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
  forMs: fc.integer({ min: 0, max: 8 }).map((seconds) => seconds * 1000),
  keepFiringForMs: fc.integer({ min: 0, max: 8 }).map((seconds) => seconds * 1000),
});

/** Whether the alert fires after step `at`, told from the presence alone. */
const mustFire = (presence: readonly boolean[], at: number, forMs: number, keepFiringForMs: number): boolean => {
  // The stretch of presence that ends at or before `at`, joined over gaps that keep_firing_for bridges once it has fired.
  let [since, firing, goneAt]: [number, boolean, number] = [-1, false, -1];
  for (let index = 0; index <= at; index += 1) {
    if (presence[index] === true) {
      if (since < 0) since = index;
      goneAt = -1;
      firing ||= (index - since) * 1000 >= forMs;
    } else if (firing) {
      if (goneAt < 0) goneAt = index;
      if ((index - goneAt) * 1000 >= keepFiringForMs) [since, firing, goneAt] = [-1, false, -1];
    } else since = -1;
  }
  return firing;
};

describe('any history', () => {
  it('fires exactly where for and keep_firing_for say, and never says resolved of what did not fire', () => {
    fc.assert(
      fc.property(history, ({ presence, forMs, keepFiringForMs }) => {
        const steps = presence.map((present, index): Step => [index * 1000, present]);
        const alerts = run(steps, { forMs, keepFiringForMs });
        alerts.forEach((alert, at) => {
          expect(alert?.state === 'firing').toBe(mustFire(presence, at, forMs, keepFiringForMs));
          const firedAfterMs = alert === undefined || alert.firedAtMs === null ? null : alert.firedAtMs - alert.activeAtMs;
          expect(firedAfterMs ?? forMs).toBeGreaterThanOrEqual(forMs);
          expect(firedAfterMs === null).toBe(alert === undefined || alert.state === 'pending');
          expect(alert?.state !== 'pending' || presence[at]).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('is the worst of its alerts', () => {
    const timing = { atMs: 0, forMs: 1000, keepFiringForMs: 0 };
    const pending = advanceAlerts(new Map(), found(), timing);
    expect([stateOf(new Map()), stateOf(pending)]).toEqual(['inactive', 'pending']);
    expect(stateOf(advanceAlerts(pending, found(), { ...timing, atMs: 1000 }))).toBe('firing');
    expect(activeAlerts(advanceAlerts(pending, nothing, { ...timing, atMs: 1000 }))).toEqual([]);
  });
});
