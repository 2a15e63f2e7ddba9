// A group: its rules one after another, their samples into the store, their health and what ended marked stale. One rule's error does not stop the next.
import type { EvaluationOptions } from '../promql/evaluate.ts';
import type { Labels } from '../promql/labels.ts';
import { PromqlError } from '../promql/promql-error.ts';
import type { Storage } from '../promql/storage.ts';
import type { AppendOutcome } from '../metrics/column-state.ts';
import type { SampleValue } from '../metrics/sample-code.ts';
import type { AlertChange } from './alert-change.ts';
import type { Alerts } from './alert-state.ts';
import { AlertLimitExceeded, evaluateAlertingRule } from './alerting-rule.ts';
import { evaluateRecordingRule } from './recording-rule.ts';
import type { Rule, RuleGroup, TextMap } from './rule.ts';
import type { RuleContext, RuleSample } from './rule-context.ts';
import { RuleFailed } from './rule-context.ts';

/** Where rules read and write. `series`: one more would have been too many. */
export type RuleStore = Storage & { append(labels: Labels, timeMs: number, value: SampleValue): AppendOutcome | 'series' };

export type RuleStatus = {
  readonly rule: Rule;
  readonly health: 'unknown' | 'ok' | 'err';
  /** Empty while well. */
  readonly lastError: string;
  readonly evaluationSeconds: number;
  /** null: never yet. */
  readonly evaluatedAtMs: number | null;
  /** Resolved ones too, for a while; empty for a recording rule. */
  readonly alerts: Alerts;
};

export type GroupStatus = {
  readonly group: RuleGroup;
  readonly intervalMs: number;
  readonly evaluationSeconds: number;
  readonly evaluatedAtMs: number | null;
  readonly rules: readonly RuleStatus[];
};

export type GroupSurroundings = {
  readonly store: RuleStore;
  readonly query: EvaluationOptions;
  readonly externalLabels: TextMap;
  readonly externalUrl: () => string;
  /** For the times that the API tells; what is evaluated is given to `evaluate`. */
  readonly nowMs: () => number;
  /** For the durations that it tells: finer than a clock, from any beginning. */
  readonly elapsedMs: () => number;
  /** Called after each evaluation of an alerting rule that was without an error, and where its alerts were forgotten for the limit. */
  readonly onAlerts: (change: AlertChange) => void;
};

export type EvaluatedGroup = {
  readonly group: RuleGroup;
  readonly intervalMs: number;
  /** One evaluation, a step a rule: whoever runs it may do other things in between. */
  evaluate(atMs: number): Generator<void, void>;
  status(): GroupStatus;
};

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
/** `series`: what the rule wrote the last time, by key. */
type RuleRun = Mutable<RuleStatus> & { series: ReadonlyMap<string, Labels> };

const appendProblems: Readonly<Record<Exclude<AppendOutcome | 'series', 'appended' | 'duplicate'>, string>> = {
  late: 'out of order sample',
  conflict: 'duplicate sample for timestamp',
  series: 'the store holds all the series that it may',
};

const write = (run: RuleRun, samples: readonly RuleSample[], timeMs: number, store: RuleStore): void => {
  const written = new Map<string, Labels>();
  for (const { labels, value } of samples) {
    const outcome = store.append(labels, timeMs, value);
    if (outcome === 'appended' || outcome === 'duplicate') written.set(labels.key, labels);
    else [run.health, run.lastError] = ['err', appendProblems[outcome]];
  }
  // Refused where another rule writes the same series: then it has not ended.
  for (const [key, labels] of run.series) if (!written.has(key)) store.append(labels, timeMs, 'stale');
  run.series = written;
};

const evaluateRule = (run: RuleRun, context: RuleContext, { onAlerts }: GroupSurroundings): readonly RuleSample[] => {
  const { rule, alerts: before } = run;
  if (rule.kind === 'recording') return evaluateRecordingRule(rule, context);
  const { alerts, samples } = evaluateAlertingRule(rule, before, context);
  run.alerts = alerts;
  onAlerts({ rule, before, after: alerts, atMs: context.atMs });
  return samples;
};

/** Whoever was told of these alerts must hear of their end. */
const forget = (run: RuleRun, { atMs }: RuleContext, { onAlerts }: GroupSurroundings): void => {
  const { rule, alerts: before } = run;
  run.alerts = new Map();
  if (rule.kind === 'alerting') onAlerts({ rule, before, after: run.alerts, atMs });
};

/** Nobody waits for a group: a defect of ours would end the process, and all other rules with it. As in Prometheus, which recovers, it is the rule's to tell. */
const problemOf = (error: unknown): string =>
  error instanceof RuleFailed || error instanceof PromqlError ? error.message : `unexpected error: ${String(error)}`;

const runRule = (run: RuleRun, context: RuleContext, surroundings: GroupSurroundings): void => {
  const [startedAtMs, beganMs] = [surroundings.nowMs(), surroundings.elapsedMs()];
  try {
    const samples = evaluateRule(run, context, surroundings);
    [run.health, run.lastError] = ['ok', ''];
    write(run, samples, context.atMs - context.queryOffsetMs, surroundings.store);
  } catch (error) {
    if (error instanceof AlertLimitExceeded) forget(run, context, surroundings);
    [run.health, run.lastError] = ['err', problemOf(error)];
  }
  run.evaluatedAtMs = startedAtMs;
  run.evaluationSeconds = (surroundings.elapsedMs() - beganMs) / 1000;
};

const firstRun = (rule: Rule): RuleRun => ({
  rule,
  health: 'unknown',
  lastError: '',
  evaluationSeconds: 0,
  evaluatedAtMs: null,
  alerts: new Map(),
  series: new Map(),
});

export const createRuleGroup = (group: RuleGroup, intervalMs: number, surroundings: GroupSurroundings): EvaluatedGroup => {
  const runs = group.rules.map(firstRun);
  let [evaluatedAtMs, evaluationSeconds]: [number | null, number] = [null, 0];
  return {
    group,
    intervalMs,
    *evaluate(atMs) {
      const { store, query, externalLabels } = surroundings;
      const [startedAtMs, beganMs] = [surroundings.nowMs(), surroundings.elapsedMs()];
      const { queryOffsetMs, limit } = group;
      const context = { atMs, queryOffsetMs, limit, storage: store, query, externalLabels, externalUrl: surroundings.externalUrl() };
      for (const run of runs) {
        runRule(run, context, surroundings);
        yield;
      }
      [evaluatedAtMs, evaluationSeconds] = [startedAtMs, (surroundings.elapsedMs() - beganMs) / 1000];
    },
    status: () => ({ group, intervalMs, evaluationSeconds, evaluatedAtMs, rules: runs.map((run) => ({ ...run })) }),
  };
};
