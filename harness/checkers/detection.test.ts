import { describe, expect, test } from 'vitest';
import type { AlertInterval, AlertsRecord, FaultEvidence, RunData } from '../engine/run-data.ts';
import type { Detection, Fault, Scenario } from '../scenario/scenario.ts';
import { intervalsOf } from '../signals/alert-intervals.ts';
import { detection } from './detection.ts';
import { alertsOf } from './testing/simulated-alerts.ts';
import { quietScenario, simulateRun, zeroAt } from './testing/simulated-run.ts';

const at = (seconds: number): number => zeroAt + seconds * 1000;
const kill: Fault = {
  kind: 'kill',
  name: 'kill',
  at: { phase: 'steady', afterSeconds: 1 },
  role: 'worker',
  index: 0,
  restartAfterSeconds: 1,
};
const again: Fault = { ...kill, name: 'kill-again', at: { phase: 'steady', afterSeconds: 3 } };
const evidenceOf = (fault: string, from: number, to: number | null): FaultEvidence => ({
  fault,
  kind: 'kill',
  injectedAt: at(from) - 20,
  healedAt: to === null ? null : at(to),
  tookEffect: true,
  healed: to !== null,
  // What is seen before the blow is preparation: only from the exit on an alert is due.
  observations: [
    { at: at(from) - 500, source: 'pg_stat_activity', observed: 'it waits' },
    { at: at(from), source: 'process', observed: 'it was ended' },
  ],
});
const fires: Detection['fires'] = [{ alert: 'Dead', cause: 'kill', withinSeconds: 5, resolvesWithinSeconds: 10 }];
const scenario: Scenario = { ...quietScenario, faults: [kill, again], detection: { fires } };

/** Evidence of `kill` at 2 s, healed at 4 s; of `kill-again` at 8 s, healed at 9 s. */
const runOf = (expected: Detection = { fires }): RunData => {
  const base = simulateRun({ ...scenario, detection: expected });
  const run = { ...base, evidence: [evidenceOf('kill', 2, 4), evidenceOf('kill-again', 8, 9)] };
  return { ...run, alerts: alertsOf(run) };
};
const withAlerts = (run: RunData, change: (record: AlertsRecord) => Partial<AlertsRecord>): RunData => ({
  ...run,
  alerts: { ...(run.alerts as AlertsRecord), ...change(run.alerts as AlertsRecord) },
});
const interval = (from: number, to: number | null): AlertInterval => ({ from: at(from), to: to === null ? null : at(to) });
const firing = (run: RunData, alert: string, ...intervals: readonly AlertInterval[]): RunData =>
  withAlerts(run, ({ alerts }) => ({
    alerts: [...alerts.filter((each) => each.alert !== alert), { alert, labels: {}, pending: [], firing: intervals }],
  }));
const outcomes = (run: RunData): Record<string, string> => Object.fromEntries(detection(run).map(({ id, outcome }) => [id, outcome]));
const summaryOf = (run: RunData, id: string): string => detection(run).find((result) => result.id === id)?.summary ?? '';
const allPass = {
  'detection/evaluated': 'pass',
  'detection/Dead': 'pass',
  'detection/no-other-alert': 'pass',
  'detection/no-broken-promise': 'pass',
};

describe('an expected alert', () => {
  test('that comes and goes in time passes, with how long it took', () => {
    const run = firing(runOf(), 'Dead', interval(5, 9));
    expect(outcomes(run)).toEqual(allPass);
    expect(detection(run)[1]).toMatchObject({
      measured: { value: 3, unit: 's', bound: '<= 5 s' },
      summary: 'Dead fired 3.0 s after kill and ended 5.0 s after it was over.',
    });
  });

  test('that fires between the blow and the evidence of it is explained, and came at once', () => {
    const slow = evidenceOf('kill', 2, 4);
    const run = { ...runOf(), evidence: [{ ...slow, injectedAt: at(1) }, evidenceOf('kill-again', 8, 9)] };
    const told = firing(run, 'Dead', interval(1.5, 9));
    expect(outcomes(told)).toEqual(allPass);
    expect(detection(told)[1]).toMatchObject({ measured: { value: 0, unit: 's' } });
    expect(outcomes(firing(run, 'Dead', interval(0.9, 9)))).toMatchObject({ 'detection/Dead': 'fail' });
  });

  test.each([
    ['that never fires', []],
    ['that fires too late', [interval(7.1, 9)]],
    ['that fires before the blow', [interval(1.9, 9)]],
    ['that fired only before the blow', [interval(0.5, 1.5)]],
    ['that fires a second time without a cause', [interval(5, 9), interval(14.5, 15)]],
    ['that ends too late', [interval(5, 14.1)]],
    ['that never ends', [interval(5, null)]],
  ])('%s fails', (_what, intervals) => {
    expect(outcomes(firing(runOf(), 'Dead', ...intervals))).toEqual({ ...allPass, 'detection/Dead': 'fail' });
  });

  test.each([
    ['fires at the last moment', [interval(7, 9)]],
    ['ends at the last moment', [interval(5, 14)]],
    ['flaps while its cause is at work', [interval(3, 4), interval(6, 7)]],
    ['ends before its cause does', [interval(2.5, 3)]],
  ])('that %s passes', (_what, intervals) => {
    expect(outcomes(firing(runOf(), 'Dead', ...intervals))).toEqual(allPass);
  });

  test('says when it fired without a cause, and when it had to be over', () => {
    expect(summaryOf(firing(runOf(), 'Dead', interval(1, 9)), 'detection/Dead')).toContain('it fired at 1.0 s of the run, when none of');
    expect(summaryOf(firing(runOf(), 'Dead', interval(5, 15)), 'detection/Dead')).toContain('it still fired at 14.0 s of the run');
  });

  test('of a fault that took no effect is not due, and nothing is known', () => {
    const run = runOf();
    const idle = { ...run, evidence: run.evidence.map((entry) => ({ ...entry, tookEffect: false })) };
    expect(outcomes(idle)['detection/Dead']).toBe('inconclusive');
  });

  test('of a fault that was never healed may go on', () => {
    const run = firing({ ...runOf(), evidence: [evidenceOf('kill', 2, null)] }, 'Dead', interval(5, null));
    expect(outcomes(run)['detection/Dead']).toBe('pass');
  });

  test('of a phase counts from its begin and its end', () => {
    const phase = runOf({ fires: [{ ...fires[0]!, cause: 'steady' }] });
    expect(outcomes(firing(phase, 'Dead', interval(6, 16)))['detection/Dead']).toBe('pass');
    expect(outcomes(firing(phase, 'Dead', interval(0.9, 5)))['detection/Dead']).toBe('fail');
    expect(outcomes(firing(phase, 'Dead', interval(6, 16.1)))['detection/Dead']).toBe('fail');
  });

  test('that was asked about for the last time before it had to be over is not known to have ended', () => {
    const run = withAlerts(firing(runOf(), 'Dead', interval(5, null)), () => ({ to: at(12) }));
    expect(outcomes(run)['detection/Dead']).toBe('inconclusive');
  });
});

describe('an alert with several causes', () => {
  const both = { fires: [fires[0]!, { ...fires[0]!, cause: 'kill-again' }] };

  test('must fire for each, and may go on from one to the next', () => {
    expect(outcomes(firing(runOf(both), 'Dead', interval(4, 6), interval(10, 18)))['detection/Dead']).toBe('pass');
    expect(outcomes(firing(runOf(both), 'Dead', interval(4, 18)))['detection/Dead']).toBe('pass');
  });

  test('tells for each when it came, or that it was there already', () => {
    const summary = (...intervals: readonly AlertInterval[]) => summaryOf(firing(runOf(both), 'Dead', ...intervals), 'detection/Dead');
    expect(summary(interval(4, 7), interval(10, 12))).toBe(
      'Dead fired 2.0 s after kill and ended 3.0 s after it was over; 2.0 s after kill-again and ended 3.0 s after it was over.',
    );
    expect(summary(interval(4, 8.5))).toBe(
      'Dead fired 2.0 s after kill and still did when kill-again began; already when kill-again began and ended before kill-again did.',
    );
  });

  test('credits what began after the next cause to that one', () => {
    const wide = { fires: both.fires.map((each) => ({ ...each, withinSeconds: 10 })) };
    expect(detection(firing(runOf(wide), 'Dead', interval(2, 8.5), interval(9, 12)))[1]).toMatchObject({
      summary: expect.stringContaining('1.0 s after kill-again') as string,
      measured: { value: 1 },
    });
  });

  test('fails when it misses one, or outlasts the last', () => {
    expect(outcomes(firing(runOf(both), 'Dead', interval(4, 6)))['detection/Dead']).toBe('fail');
    expect(outcomes(firing(runOf(both), 'Dead', interval(4, 19.5)))['detection/Dead']).toBe('fail');
  });

  test('fails where it fires in the gap between them', () => {
    const soon = { fires: both.fires.map((each) => ({ ...each, resolvesWithinSeconds: 1 })) };
    expect(outcomes(firing(runOf(soon), 'Dead', interval(4, 5), interval(9, 10)))['detection/Dead']).toBe('pass');
    expect(outcomes(firing(runOf(soon), 'Dead', interval(4, 5), interval(6, 7), interval(9, 10)))['detection/Dead']).toBe('fail');
  });
});

describe('an alert that rests', () => {
  const rests = runOf({ fires: [{ ...fires[0]!, resolvesWithinSeconds: 'never' }] });

  test('must still fire when the traffic ends, at 6 s, and may end after it', () => {
    expect(outcomes(firing(rests, 'Dead', interval(5, null)))['detection/Dead']).toBe('pass');
    expect(outcomes(firing(rests, 'Dead', interval(5, 9)))['detection/Dead']).toBe('pass');
    expect(outcomes(firing(rests, 'Dead', interval(3, 5.5)))['detection/Dead']).toBe('fail');
  });
});

describe('any other alert', () => {
  test('that fires fails the run, and is named with its labels', () => {
    const run = firing(runOf(), 'NeverFires', interval(5, 6));
    expect(outcomes(run)).toEqual({ ...allPass, 'detection/no-other-alert': 'fail' });
    expect(detection(run).find(({ outcome }) => outcome === 'fail')?.findings[0]?.message).toBe(
      'NeverFires fired at 5.0 s of the run for 1.0 s',
    );
  });

  test('that tells of a broken promise fails under a name of its own, which no busy machine excuses', () => {
    const run = withAlerts(runOf(), ({ alerts }) => ({
      alerts: [...alerts, { alert: 'NeverFires', labels: { exact: 'true' }, pending: [], firing: [interval(5, 6)] }],
    }));
    expect(outcomes(run)).toEqual({ ...allPass, 'detection/no-broken-promise': 'fail' });
  });

  test('that was only pending, or is tolerated, does not', () => {
    const pending = withAlerts(runOf(), ({ alerts }) => ({
      alerts: [...alerts, { alert: 'NeverFires', labels: {}, pending: [interval(5, 6)], firing: [] }],
    }));
    expect(outcomes(pending)).toEqual(allPass);
    const tolerated = runOf({ fires, tolerated: [{ alert: 'NeverFires', why: 'Who knows.' }] });
    expect(outcomes(firing(tolerated, 'NeverFires', interval(5, 6)))).toEqual(allPass);
  });

  test('fails a scenario in which none may fire', () => {
    const quiet = simulateRun();
    const { 'detection/Dead': _none, ...passes } = allPass;
    expect(outcomes(quiet)).toEqual(passes);
    expect(outcomes(firing(quiet, 'NeverFires', interval(1, 2)))['detection/no-other-alert']).toBe('fail');
  });
});

describe('what was not evaluated', () => {
  const nothingFired = { alerts: [] };
  test.each([
    ['no rules are loaded', (): Partial<AlertsRecord> => ({ rules: [], ...nothingFired })],
    ['the question was not answered', () => ({ error: 'connection refused', ...nothingFired })],
    ['a rule is not healthy', ({ rules }: AlertsRecord) => ({ rules: rules.map((rule) => ({ ...rule, health: 'err' })), alerts: [] })],
    ['the alert that always fires did not', () => nothingFired],
  ])('proves nothing: %s', (_what, change) => {
    const found = new Set(Object.values(outcomes(withAlerts(runOf(), change))));
    expect([...found]).toEqual(['inconclusive']);
  });

  test.each([
    ['began late', [interval(6.5, null)]],
    ['was interrupted', [interval(0, 4), interval(7.5, null)]],
    ['ended early', [interval(0, 20)]],
  ])('proves nothing where the alert that always fires %s', (_what, intervals) => {
    expect(outcomes(firing(runOf(), 'AlwaysFires', ...intervals))).toMatchObject({
      'detection/evaluated': 'inconclusive',
      'detection/no-other-alert': 'inconclusive',
    });
  });

  test('is a late evaluation, not a standstill, up to three seconds', () => {
    expect(outcomes(firing(runOf(), 'AlwaysFires', interval(2.9, 10), interval(12.9, null)))).toEqual(allPass);
  });

  /** What an evaluator answers that looks back three seconds, where it beat each second but from one time to the other. */
  const beats = (run: RunData, ...stops: readonly (readonly [last: number, next: number])[]): RunData => {
    const samples = Array.from({ length: 40 }, (_, second) => second + 0.3).filter(
      (second) => !stops.some(([last, next]) => second > last && second < next),
    );
    const steps = Array.from({ length: 41 }, (_, second) => second).filter((step) => samples.some((at) => at <= step && at > step - 3));
    const { from, to } = { from: zeroAt, to: zeroAt + 40_000 };
    const firingOf = intervalsOf(
      steps.map((step) => [(from + step * 1000) / 1000, 1] as const),
      { fromMs: from, toMs: to, stepMs: 1000 },
    );
    return withAlerts(firing(run, 'AlwaysFires', ...firingOf), () => ({ to, lookbackMs: 3000 }));
  };

  test('is a standstill of five seconds, though the evaluator looks back three; none of four is', () => {
    const dead = firing(runOf(), 'Dead', interval(5, 9));
    expect(outcomes(beats(dead))).toEqual(allPass);
    expect(outcomes(beats(dead, [12.3, 16.3], [20.3, 24.3]))).toEqual(allPass);
    const stood = beats(dead, [12.3, 17.3]);
    expect(outcomes(stood)).toMatchObject({ 'detection/evaluated': 'inconclusive', 'detection/no-other-alert': 'inconclusive' });
    expect(detection(stood)[0]?.findings[0]?.message).toBe('AlwaysFires was silent for 4.0 s at 14.0 s of the run: rules stood still');
    expect(outcomes(beats(dead, [34.3, 41]))).toMatchObject({ 'detection/evaluated': 'inconclusive' });
  });

  test('is as much as before in a record that does not say how far the evaluator looked back', () => {
    const { lookbackMs: _none, ...old } = beats(firing(runOf(), 'Dead', interval(5, 9)), [12.3, 17.3]).alerts as AlertsRecord;
    expect(outcomes({ ...runOf(), alerts: old })).toEqual(allPass);
  });

  test('excuses no alert that did fire', () => {
    const stopped = withAlerts(runOf(), () => ({ error: 'the second question was not answered' }));
    expect(outcomes(firing(stopped, 'NeverFires', interval(5, 6)))['detection/no-other-alert']).toBe('fail');
    expect(outcomes(firing(stopped, 'Dead', interval(1, 9)))['detection/Dead']).toBe('fail');
    expect(outcomes(firing(stopped, 'Dead'))['detection/Dead']).toBe('inconclusive');
  });

  test('is a run of which the rules were those for production, whether they fired or not', () => {
    const slow = withAlerts(firing(runOf(), 'Dead', interval(1, null)), ({ rules }) => ({
      rules: rules.map((rule) => ({ ...rule, intervalSeconds: 15 })),
    }));
    expect(outcomes(slow)).toEqual({ 'detection/evaluated': 'inconclusive' });
    expect(detection(slow)[0]?.findings[0]?.message).toContain('only every 15 s');
  });

  test('is one alert whose rule is missing', () => {
    const run = withAlerts(runOf(), ({ rules }) => ({ rules: rules.filter(({ alert }) => alert !== 'Dead') }));
    expect(outcomes(run)).toEqual({ ...allPass, 'detection/Dead': 'inconclusive' });
  });

  const missing = ({ rules }: AlertsRecord, alert: string) =>
    rules.map((rule) => (rule.alert === alert ? { ...rule, health: 'missing', intervalSeconds: 0 } : rule));

  test('is what the evaluator has no rule for, so that the silence of others proves nothing either', () => {
    const other = withAlerts(runOf(), (record) => ({ rules: missing(record, 'NeverFires') }));
    expect(outcomes(other)).toEqual({
      'detection/evaluated': 'inconclusive',
      'detection/Dead': 'pass',
      'detection/no-other-alert': 'inconclusive',
      'detection/no-broken-promise': 'inconclusive',
    });
    expect(detection(other)[0]?.findings.map(({ message }) => message)).toEqual(['the evaluator has no rule for NeverFires']);
    const own = withAlerts(runOf(), (record) => ({ rules: missing(record, 'Dead'), alerts: record.alerts.slice(0, 1) }));
    expect(outcomes(own)).toMatchObject({ 'detection/evaluated': 'inconclusive', 'detection/Dead': 'inconclusive' });
    expect(summaryOf(own, 'detection/Dead')).toContain('has no rule for Dead');
  });

  test('is all of it, in one sentence, where none of the rules is loaded', () => {
    const none = withAlerts(runOf(), ({ rules }) => ({
      rules: rules.map((rule) => ({ ...rule, health: 'missing', intervalSeconds: 0 })),
      alerts: [],
    }));
    expect(new Set(Object.values(outcomes(none)))).toEqual(new Set(['inconclusive']));
    expect(detection(none)[0]?.findings[0]?.message).toBe('no alerting rules are loaded');
  });

  test('is a run without alerts.json, or one planned before there was detection', () => {
    expect(outcomes({ ...runOf(), alerts: null })).toEqual({ 'detection/evaluated': 'inconclusive' });
    const { detection: _none, ...old } = scenario;
    const run = runOf();
    expect(outcomes({ ...run, plan: { ...run.plan, scenario: old as Scenario } })).toEqual({ 'detection/evaluated': 'inconclusive' });
  });
});
