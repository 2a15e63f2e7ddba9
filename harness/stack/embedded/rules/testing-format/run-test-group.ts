// Runs one test in synthetic time: its series come in as time goes on, rules are evaluated on the interval, what each test asks for is looked at when it is due.
import { createMetricStore } from '../../metrics/metric-store.ts';
import type { MetricStore } from '../../metrics/metric-store.ts';
import { labelsToRecord } from '../../promql/labels.ts';
import { PromqlError } from '../../promql/promql-error.ts';
import { activeAlerts } from '../alert-state.ts';
import type { RuleGroup } from '../rule.ts';
import { queryVector, RuleFailed } from '../rule-context.ts';
import type { EvaluatedGroup } from '../rule-group.ts';
import { createRuleGroup } from '../rule-group.ts';
import { compareAlerts, compareSamples } from './compare-results.ts';
import type { AlertTest, ExpectedAlert, ExpectedSample, ExpressionTest, InputSeries, RuleTestFile, TestGroup } from './rule-test.ts';

/** What was there at a test's time, or why nothing could be seen. */
export type Observation =
  | { readonly kind: 'alerts'; readonly test: AlertTest; readonly got: readonly ExpectedAlert[] }
  | { readonly kind: 'samples'; readonly test: ExpressionTest; readonly got: readonly ExpectedSample[] }
  | { readonly kind: 'failed'; readonly evalTimeMs: number; readonly what: string };

/** `expected` and `got` are lines; both empty where the test could not be done, for the reason in `what`. */
export type TestFailure = {
  readonly test: string;
  /** From the start of the test. */
  readonly evalTimeMs: number;
  readonly what: string;
  readonly expected: readonly string[];
  readonly got: readonly string[];
};

type Run = {
  readonly file: RuleTestFile;
  readonly test: TestGroup;
  readonly store: MetricStore;
  readonly groups: readonly EvaluatedGroup[];
};

/** Nothing is let go of for age or room: a test says what there is. */
const createTestStore = (): MetricStore => createMetricStore({ retentionMs: Infinity, maxBytes: 2 ** 31, maxSeries: 1_000_000 });

/** Values come in up to a time: rules must not see what is yet to come. */
const feed = ({ test, store }: Run): ((untilMs: number) => void) => {
  // Of two series with the same labels the later one counts, as in promtool.
  const series = [...new Map(test.series.map((each): [string, InputSeries] => [each.labels.key, each])).values()];
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  let next = 0;
  return (untilMs) => {
    for (; next < length && test.startMs + next * test.intervalMs <= untilMs; next += 1) {
      for (const { labels, values } of series) {
        const value = values[next] ?? null;
        if (value !== null) store.append(labels, test.startMs + next * test.intervalMs, value);
      }
    }
  };
};

/** Groups without a place in the order come with the first, as in promtool; among equals, as they stand in their files. */
const ordered = (groups: readonly RuleGroup[], order: readonly string[]): readonly RuleGroup[] =>
  groups.toSorted((a, b) => Math.max(0, order.indexOf(a.name)) - Math.max(0, order.indexOf(b.name)));

const failedRules = ({ groups }: Run, evalTimeMs: number): readonly Observation[] =>
  groups
    .flatMap((group) => group.status().rules)
    .filter(({ lastError }) => lastError !== '')
    .map(({ rule, lastError }) => ({ kind: 'failed', evalTimeMs, what: `rule ${rule.name} failed: ${lastError}` }));

const firing = ({ groups }: Run, alertname: string): readonly ExpectedAlert[] =>
  groups
    .flatMap((group) => group.status().rules)
    .filter(({ rule }) => rule.kind === 'alerting' && rule.name === alertname)
    .flatMap(({ alerts }) => activeAlerts(alerts).filter(({ state }) => state === 'firing'))
    .map(({ labels, annotations }) => ({ labels: labelsToRecord(labels), annotations }));

const observeExpression = ({ test, file, store }: Run, expressionTest: ExpressionTest): Observation => {
  const { evalTimeMs, expression } = expressionTest;
  try {
    const query = { defaultSubqueryStepMs: file.evaluationIntervalMs };
    return { kind: 'samples', test: expressionTest, got: queryVector(expression, test.startMs + evalTimeMs, { storage: store, query }) };
  } catch (error) {
    if (!(error instanceof PromqlError || error instanceof RuleFailed)) throw error;
    return { kind: 'failed', evalTimeMs, what: `expression ${expression} failed: ${error.message}` };
  }
};

const observe = (run: Run): readonly Observation[] => {
  const { test, file, groups } = run;
  const observations: Observation[] = [];
  const feedUntil = feed(run);
  const lastMs = Math.max(0, ...[...test.alertTests, ...test.expressionTests].map(({ evalTimeMs }) => evalTimeMs));
  for (let afterMs = 0; afterMs <= lastMs; afterMs += file.evaluationIntervalMs) {
    feedUntil(test.startMs + afterMs);
    for (const group of groups) Array.from(group.evaluate(test.startMs + afterMs));
    const failed = failedRules(run, afterMs);
    // As in promtool, a rule that fails ends its test.
    if (failed.length > 0) return [...observations, ...failed];
    const isDue = ({ evalTimeMs }: AlertTest): boolean => evalTimeMs >= afterMs && evalTimeMs < afterMs + file.evaluationIntervalMs;
    for (const each of test.alertTests.filter(isDue)) observations.push({ kind: 'alerts', test: each, got: firing(run, each.alertname) });
  }
  return [...observations, ...test.expressionTests.map((each) => observeExpression(run, each))];
};

/** What the tests of a group see, whatever they expect. */
export const observeTestGroup = (file: RuleTestFile, test: TestGroup, ruleGroups: readonly RuleGroup[]): readonly Observation[] => {
  const store = createTestStore();
  const surroundings = {
    store,
    query: { defaultSubqueryStepMs: file.evaluationIntervalMs },
    externalLabels: test.externalLabels,
    externalUrl: () => test.externalUrl,
    nowMs: () => 0,
    elapsedMs: () => 0,
    onAlerts: () => {},
  };
  const groups = ordered(ruleGroups, file.groupOrder).map((group) => createRuleGroup(group, test.intervalMs, surroundings));
  return observe({ file, test, store, groups });
};

const failureOf = (observation: Observation, test: string, fuzzy: boolean): TestFailure | null => {
  if (observation.kind === 'failed') return { test, evalTimeMs: observation.evalTimeMs, what: observation.what, expected: [], got: [] };
  const { evalTimeMs } = observation.test;
  if (observation.kind === 'samples') {
    const difference = compareSamples(observation.test.expected, observation.got, fuzzy);
    return difference === null ? null : { test, evalTimeMs, what: `expression ${observation.test.expression}`, ...difference };
  }
  const { alertname } = observation.test;
  const named = observation.test.expected.map(({ labels, annotations }) => ({ labels: { ...labels, alertname }, annotations }));
  const difference = compareAlerts(named, observation.got);
  return difference === null ? null : { test, evalTimeMs, what: `alert ${alertname}`, ...difference };
};

export const runTestGroup = (file: RuleTestFile, test: TestGroup, ruleGroups: readonly RuleGroup[]): readonly TestFailure[] =>
  observeTestGroup(file, test, ruleGroups)
    .map((observation) => failureOf(observation, test.name, file.fuzzy))
    .filter((failure) => failure !== null);
