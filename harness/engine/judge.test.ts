import { expect, test } from 'vitest';
import { type Check, type CheckOutcome, conclude, type ResultId } from '../checkers/check.ts';
import { quietScenario, simulateRun, withOperations } from '../checkers/testing/simulated-run.ts';
import { judge } from './judge.ts';

const says =
  (id: ResultId, outcome: CheckOutcome): Check =>
  () =>
    conclude(id, outcome, `${id} is ${outcome}`);
const run = simulateRun({
  ...quietScenario,
  expectations: [{ check: 'expected', parameters: { seconds: 5 } }],
  mustBeSeen: [{ check: 'seen' }],
});
const judged = (everyRun: Record<string, Check>, rest: { expected?: Check; seen?: Check; budgets?: CheckOutcome; of?: typeof run } = {}) =>
  judge(rest.of ?? run, {
    checks: {
      everyRun: new Map(Object.entries(everyRun)),
      expectations: new Map([['expected', rest.expected ?? says('expectation/expected', 'pass')]]),
      mustBeSeen: new Map([['seen', rest.seen ?? says('seen/seen', 'pass')]]),
    },
    budgets: () => [conclude('budget/p99@steady', rest.budgets ?? 'pass', 'a budget')],
  });
const good = { lost: says('safety/lost', 'pass') };

test('a run of which every check passes is a pass', () => {
  const { verdict, errors } = judged(good);
  expect(verdict).toMatchObject({ verdict: 'pass', scenario: 'quiet', seed: 1, durationSeconds: 6.5 });
  expect(verdict.results.map(({ id }) => id)).toEqual(['safety/lost', 'expectation/expected', 'seen/seen', 'budget/p99@steady']);
  expect(errors).toEqual([]);
});

test('a proven violation is a fail, whatever is in doubt beside it, and comes first', () => {
  const { verdict } = judged(
    { telemetry: says('validity/telemetry', 'inconclusive'), ...good },
    { expected: says('expectation/expected', 'fail') },
  );
  expect(verdict.verdict).toBe('fail');
  expect(verdict.results.map(({ outcome }) => outcome)).toEqual(['fail', 'inconclusive', 'pass', 'pass', 'pass']);
});

test('only what was refused counts as refused, by its code', () => {
  const doubted = withOperations(run, ([first, second, ...rest]) => [
    { ...first!, outcome: 'failed', status: 503, code: 'overloaded' },
    { ...second!, outcome: 'unknown', status: null, code: 'client_timeout' },
    ...rest,
  ]);
  const { counts } = judged(good, { of: doubted }).verdict;
  expect(counts).toMatchObject({ failed: 1, unknown: 1, refusedByCode: { overloaded: 1 } });
});

test('doubt withholds a pass', () => {
  expect(judged(good, { seen: says('seen/seen', 'inconclusive') }).verdict.verdict).toBe('inconclusive');
});

test('a check that crashes is a harness error, and the run is never green', () => {
  const { verdict, errors } = judged({
    ...good,
    broken: () => {
      throw new TypeError('undefined is not a row');
    },
  });
  expect(errors).toEqual([expect.stringContaining('check broken crashed: undefined is not a row')]);
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.results[0]?.id).toBe('validity/broken-crashed');
});

test('a check that does not exist is a harness error', () => {
  const unknown = { ...run, plan: { ...run.plan, scenario: { ...run.plan.scenario, expectations: [{ check: 'no-such-thing' }] } } };
  const registries = {
    everyRun: new Map(Object.entries(good)),
    expectations: new Map(),
    mustBeSeen: new Map([['seen', says('seen/seen', 'pass')]]),
  };
  const { verdict, errors } = judge(unknown, { checks: registries, budgets: () => [] });
  expect(errors).toHaveLength(1);
  expect(verdict.verdict).toBe('inconclusive');
});

test('parameters reach their check', () => {
  let seen: unknown;
  judged(good, {
    expected: (_run, parameters) => {
      seen = parameters;
      return conclude('expectation/expected', 'pass', '');
    },
  });
  expect(seen).toEqual({ seconds: 5 });
});

test('a budget that was missed on a machine that others used is in doubt; one that held there holds; a promise that was broken there is broken', () => {
  const shared = { ...run, machine: run.machine.map((sample) => ({ ...sample, cpuBusy: 1, processes: [] })) };
  expect(judged(good, { budgets: 'fail', of: shared }).verdict.verdict).toBe('inconclusive');
  expect(judged(good, { budgets: 'fail' }).verdict.verdict).toBe('fail');
  expect(judged(good, { of: shared }).verdict.verdict).toBe('pass');
  expect(judged({ lost: says('safety/lost', 'fail') }, { of: shared }).verdict.verdict).toBe('fail');
  const budget = { name: 'p99', why: '', promql: 'x', phase: 'steady', over: 'end', unit: 'lanes', exact: true, atMost: 0 } as const;
  const promised = { ...shared, plan: { ...shared.plan, scenario: { ...shared.plan.scenario, budgets: [budget] } } };
  expect(judged(good, { budgets: 'fail', of: promised }).verdict.verdict).toBe('fail');
});

test('a budget that was missed while the generator starved is in doubt', () => {
  const starved = { generator: says('validity/generator', 'inconclusive') };
  expect(judged({ ...good, ...starved }, { budgets: 'fail' }).verdict.results.map(({ outcome }) => outcome)).not.toContain('fail');
});

test('an alert that a busy machine may have caused is in doubt there; one on a broken promise is not', () => {
  const shared = { ...run, machine: run.machine.map((sample) => ({ ...sample, cpuBusy: 1, processes: [] })) };
  const other = { other: says('detection/no-other-alert', 'fail') };
  const broken = { broken: says('detection/no-broken-promise', 'fail') };
  expect(judged({ ...good, ...other }, { of: shared }).verdict.verdict).toBe('inconclusive');
  expect(judged({ ...good, ...other }).verdict.verdict).toBe('fail');
  expect(judged({ ...good, ...broken }, { of: shared }).verdict.verdict).toBe('fail');
});

test('an alert that never fired is in doubt on a busy machine, but not where its cause stood long after the machine had recovered', () => {
  const { alerts, machine, timeline } = run;
  const shared = machine.map((sample) => ({ ...sample, cpuBusy: 1, processes: [] }));
  const recovered = Array.from({ length: 40 }, (_none, second) => ({
    ...machine[0]!,
    at: machine.at(-1)!.at + 1_000 * (second + 1),
    processes: [{ role: 'worker', pid: 1, cpuSeconds: 1, pssBytes: null }],
  }));
  const fires = [{ alert: 'Dead', cause: 'phase', withinSeconds: 5, resolvesWithinSeconds: 5 }] as const;
  const of = (samples: typeof machine) => ({
    ...run,
    plan: { ...run.plan, scenario: { ...run.plan.scenario, detection: { fires } } },
    timeline: { ...timeline, phases: [{ name: 'phase', kind: 'steady', from: timeline.zeroAt, to: timeline.zeroAt + 30_000 }] },
    alerts: { ...alerts!, alerts: [], to: timeline.zeroAt + 40_000 },
    machine: samples,
  });
  const silent = { ...good, dead: says('detection/Dead', 'fail') };
  expect(judged(silent, { of: of(shared) }).verdict.verdict).toBe('inconclusive');
  expect(judged(silent, { of: of([...shared, ...recovered]) }).verdict.verdict).toBe('fail');
});

test('the verdict counts what was sent and what came of it', () => {
  const { counts } = judged(good).verdict;
  expect(counts).toMatchObject({
    operations: 600,
    ok: 600,
    failed: 0,
    unknown: 0,
    eventsAcknowledged: 600,
    eventsInLog: 600,
    deadLetters: 0,
  });
});

test('judging the same folder twice, or from files, gives the same verdict', () => {
  const again = JSON.parse(JSON.stringify(run)) as typeof run;
  const options = {
    checks: {
      everyRun: new Map(Object.entries(good)),
      expectations: new Map([['expected', good.lost]]),
      mustBeSeen: new Map([['seen', good.lost]]),
    },
    budgets: () => [],
  };
  expect(judge(again, options)).toEqual(judge(run, options));
});
