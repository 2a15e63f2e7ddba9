import { describe, expect, it } from 'vitest';
import { createMetricStore } from '../metrics/metric-store.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { evaluate } from '../promql/evaluate.ts';
import { formatFloat } from '../promql/float-text.ts';
import { formatLabels, labelsFrom } from '../promql/labels.ts';
import { readRuleFile } from './reading/read-rule-file.ts';
import type { AlertChange } from './alert-change.ts';
import type { RulesEngine } from './rules-engine.ts';
import { createRulesEngine } from './rules-engine.ts';

const start = 1_700_000_000_000;

const ask = (store: MetricStore, query: string, timeMs: number): Record<string, string> => {
  const { result } = evaluate(query, { kind: 'instant', timeMs }, store);
  if (result.type !== 'vector') throw new Error(`${query} gave a ${result.type}`);
  return Object.fromEntries(result.samples.map(({ labels, value }) => [formatLabels(labels), formatFloat(value)]));
};

type World = {
  readonly store: MetricStore;
  readonly engine: RulesEngine;
  readonly changes: readonly AlertChange[];
  set(metric: Readonly<Record<string, string>>, second: number, value: number | 'stale'): void;
  evaluate(second: number): void;
};

const world = (yaml: string, store = createMetricStore({ retentionMs: 1e12 })): World => {
  const { groups, problems } = readRuleFile('test.rules.yml', yaml);
  expect(problems).toEqual([]);
  const changes: AlertChange[] = [];
  const engine = createRulesEngine({
    groups,
    store,
    intervalMs: 1000,
    nowMs: () => start,
    externalLabels: { cluster: 'desk' },
    onAlerts: (change) => changes.push(change),
  });
  return {
    store,
    engine,
    changes,
    set: (metric, second, value) => void store.append(labelsFrom(metric), start + second * 1000, value),
    evaluate: (second) => {
      for (const group of engine.groups) Array.from(group.evaluate(start + second * 1000));
    },
  };
};

const slow = `
groups:
  - name: slow
    labels: { team: storage }
    rules:
      - record: job:latency:max
        expr: max by (job) (latency)
        labels: { source: rule }
      - alert: Slow
        expr: job:latency:max > 1
        for: 2s
        labels: { severity: page }
        annotations: { summary: '{{ $labels.job }} took {{ humanizeDuration $value }} on {{ $externalLabels.cluster }}' }
`;

describe('groups', () => {
  it('evaluate rules in order, each on what the one before has written', () => {
    const { set, evaluate, store, engine } = world(slow);
    set({ __name__: 'latency', job: 'a' }, 0, 3);
    evaluate(0);
    expect(ask(store, 'job:latency:max', start)).toEqual({ '{__name__="job:latency:max", job="a", source="rule", team="storage"}': '3' });
    expect(ask(store, 'ALERTS', start)).toEqual({
      '{__name__="ALERTS", alertname="Slow", alertstate="pending", job="a", severity="page", source="rule", team="storage"}': '1',
    });
    expect([...engine.statuses()[0]!.rules[1]!.alerts.values()][0]!.annotations).toEqual({ summary: 'a took 3s on desk' });
  });

  it('write ALERTS and ALERTS_FOR_STATE, and end the pending series when it fires', () => {
    const { set, evaluate, store } = world(slow);
    for (const second of [0, 1, 2]) {
      set({ __name__: 'latency', job: 'a' }, second, 3);
      evaluate(second);
    }
    const at = start + 2000;
    expect(Object.keys(ask(store, 'ALERTS', at))).toEqual([expect.stringContaining('alertstate="firing"')]);
    expect(Object.keys(ask(store, 'ALERTS{alertstate="pending"}', at))).toEqual([]);
    expect(Object.values(ask(store, 'ALERTS_FOR_STATE', at))).toEqual([String(start / 1000)]);
  });

  it('mark every series stale at once when it ends', () => {
    const { set, evaluate, store } = world(slow);
    set({ __name__: 'latency', job: 'a' }, 0, 3);
    evaluate(0);
    evaluate(2);
    set({ __name__: 'latency', job: 'a' }, 3, 'stale');
    evaluate(3);
    expect(ask(store, '{__name__=~"ALERTS.*|job:.*"}', start + 3000)).toEqual({});
    expect(Object.keys(ask(store, 'ALERTS', start + 2999))).toHaveLength(1);
  });

  it('tell of each change, resolved alerts with the time', () => {
    const { set, evaluate, changes } = world(slow);
    set({ __name__: 'latency', job: 'a' }, 0, 3);
    for (const second of [0, 2]) evaluate(second);
    set({ __name__: 'latency', job: 'a' }, 3, 0.5);
    evaluate(3);
    const states = changes.map(({ after }) => [...after.values()].map(({ state, resolvedAtMs }) => [state, resolvedAtMs]));
    expect(states).toEqual([[['pending', null]], [['firing', null]], [['inactive', start + 3000]]]);
  });

  it('go on past a rule that fails, and say which it was and why', () => {
    const yaml = `
groups:
  - name: g
    rules:
      - { record: broken, expr: 'a + on () b' }
      - { record: twice, expr: b, labels: { job: same } }
      - { record: fine, expr: 'vector(7)' }
      - { record: text, expr: '"text"' }
`;
    const { set, evaluate, store, engine } = world(yaml);
    set({ __name__: 'a', job: 'x' }, 0, 1);
    for (const job of ['x', 'y']) set({ __name__: 'b', job }, 0, 1);
    evaluate(0);
    expect(ask(store, 'fine', start)).toEqual({ '{__name__="fine"}': '7' });
    expect(engine.statuses()[0]!.rules.map(({ health, lastError }) => [health, lastError])).toEqual([
      ['err', expect.stringContaining('found duplicate series for the match group')],
      ['err', 'vector contains metrics with the same labelset after applying rule labels'],
      ['ok', ''],
      ['err', 'rule result is not a vector or scalar'],
    ]);
    expect(engine.report()).toMatchObject({ groups: 1, rules: 4, failingRules: 3 });
  });

  it('go on past a defect of the evaluator, which is told as an error of its rule', () => {
    const yaml = `
groups:
  - name: g
    rules: [{ alert: A, expr: 'a > 0' }, { record: fine, expr: 'vector(7)' }]
`;
    const whole = createMetricStore({ retentionMs: 1e12 });
    let broken = false;
    const select: MetricStore['select'] = (...asked) => {
      if (broken) throw new RangeError('Invalid typed array length: -1');
      return whole.select(...asked);
    };
    const { set, evaluate, store, engine } = world(yaml, { ...whole, select });
    set({ __name__: 'a' }, 0, 1);
    evaluate(0);
    broken = true;
    evaluate(1);
    const [alerting, recording] = engine.statuses()[0]!.rules;
    expect(alerting).toMatchObject({ health: 'err', lastError: 'unexpected error: RangeError: Invalid typed array length: -1' });
    expect([...alerting!.alerts.values()]).toMatchObject([{ state: 'firing' }]);
    expect(recording).toMatchObject({ health: 'ok', evaluatedAtMs: start });
    broken = false;
    expect(ask(store, 'fine', start + 1000)).toEqual({ '{__name__="fine"}': '7' });
    evaluate(2);
    expect(engine.report().failingRules).toBe(0);
  });

  it('keep the alerts of a rule that fails, and leave its series to the look-back', () => {
    const yaml = `
groups:
  - name: g
    rules: [{ alert: A, expr: 'a * on (job) group_left () b > 0' }]
`;
    const { set, evaluate, store, engine } = world(yaml);
    set({ __name__: 'a', job: 'x' }, 0, 1);
    set({ __name__: 'b', job: 'x' }, 0, 1);
    evaluate(0);
    set({ __name__: 'b', job: 'x', more: 'y' }, 1, 1);
    evaluate(1);
    expect(engine.statuses()[0]!.rules[0]).toMatchObject({ health: 'err' });
    expect([...engine.statuses()[0]!.rules[0]!.alerts.values()]).toMatchObject([{ state: 'firing' }]);
    expect(Object.keys(ask(store, 'ALERTS', start + 1000))).toHaveLength(1);
  });

  it('refuse two alerts that templates made the same', () => {
    const yaml = `
groups:
  - name: g
    rules: [{ alert: A, expr: 'a > 0', labels: { job: '{{ "same" }}' } }]
`;
    const { set, evaluate, engine } = world(yaml);
    for (const job of ['x', 'y']) set({ __name__: 'a', job }, 0, 1);
    evaluate(0);
    expect(engine.statuses()[0]!.rules[0]).toMatchObject({
      health: 'err',
      lastError: 'vector contains metrics with the same labelset after applying alert labels',
    });
  });

  it('hold a limit: past it the rule fails and its alerts are gone', () => {
    const yaml = `
groups:
  - name: g
    limit: 1
    rules: [{ alert: A, expr: 'a > 0' }, { record: r, expr: a }]
`;
    const { set, evaluate, engine, store } = world(yaml);
    set({ __name__: 'a', job: 'x' }, 0, 1);
    evaluate(0);
    expect(engine.report().failingRules).toBe(0);
    set({ __name__: 'a', job: 'y' }, 1, 1);
    evaluate(1);
    const [alerting, recording] = engine.statuses()[0]!.rules;
    expect(alerting).toMatchObject({ lastError: 'exceeded limit of 1 with 2 alerts' });
    expect(alerting!.alerts.size).toBe(0);
    expect(recording).toMatchObject({ lastError: 'exceeded limit of 1 with 2 series' });
    expect(Object.keys(ask(store, 'r', start + 1000))).toHaveLength(1);
  });

  it('look back by query_offset, and write at that time', () => {
    const yaml = `
groups:
  - name: g
    query_offset: 10s
    rules: [{ record: late, expr: a }]
`;
    const { set, evaluate, store } = world(yaml);
    set({ __name__: 'a' }, 0, 1);
    set({ __name__: 'a' }, 9, 2);
    evaluate(15);
    expect(ask(store, 'late', start + 5000)).toEqual({ '{__name__="late"}': '1' });
    expect(ask(store, 'late', start + 4999)).toEqual({});
  });

  it('say of a series that another rule writes at the same time that it is there already', () => {
    const yaml = `
groups:
  - name: g
    rules: [{ record: r, expr: 'vector(1)' }, { record: r, expr: 'vector(2)' }, { record: s, expr: 'vector(1)' }, { record: s, expr: 'vector(1)' }]
`;
    const { evaluate, engine, store } = world(yaml);
    evaluate(0);
    expect(engine.statuses()[0]!.rules.map(({ lastError }) => lastError)).toEqual(['', 'duplicate sample for timestamp', '', '']);
    expect(store.report().drops).toMatchObject({ conflict: 0, late: 0 });
  });

  it('begin anew after a restart: what was pending is pending again, from then on', () => {
    const before = world(slow);
    before.set({ __name__: 'latency', job: 'a' }, 0, 3);
    before.evaluate(0);
    const after = world(slow, before.store);
    after.evaluate(2);
    expect([...after.engine.statuses()[0]!.rules[1]!.alerts.values()]).toMatchObject([{ state: 'pending', activeAtMs: start + 2000 }]);
  });
});
