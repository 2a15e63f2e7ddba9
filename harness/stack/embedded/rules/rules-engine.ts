// All groups of all rule files over one store: evaluated on their intervals, told by the API.
import type { Clock } from '../../../engine/clock.ts';
import type { EvaluationOptions } from '../promql/evaluate.ts';
import type { AlertChange } from './alert-change.ts';
import type { RuleGroup, TextMap } from './rule.ts';
import type { EvaluatedGroup, GroupStatus, RuleStore } from './rule-group.ts';
import { createRuleGroup } from './rule-group.ts';
import type { ScheduleCounts } from './schedule.ts';
import { runOnInterval } from './schedule.ts';

export type RulesReport = ScheduleCounts & {
  readonly groups: number;
  readonly rules: number;
  readonly failingRules: number;
  /** Of all groups' last evaluations together. */
  readonly evaluationSeconds: number;
};

export type RulesEngine = {
  readonly groups: readonly EvaluatedGroup[];
  statuses(): readonly GroupStatus[];
  report(): RulesReport;
  /** Evaluates until the signal aborts; resolves when the last evaluation is done. */
  run(clock: Clock, signal: AbortSignal): Promise<void>;
};

export type RulesOptions = {
  readonly groups: readonly RuleGroup[];
  readonly store: RuleStore;
  /** For groups that name none. */
  readonly intervalMs: number;
  readonly nowMs: () => number;
  /** Finer than `nowMs`, for durations. */
  readonly elapsedMs?: () => number;
  readonly query?: EvaluationOptions;
  readonly externalLabels?: TextMap;
  readonly externalUrl?: () => string;
  readonly onAlerts?: (change: AlertChange) => void;
};

const compareGroups = (a: RuleGroup, b: RuleGroup): number =>
  a.file === b.file ? (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) : a.file < b.file ? -1 : 1;

const reportOf = (statuses: readonly GroupStatus[], counts: ScheduleCounts): RulesReport => {
  const rules = statuses.flatMap((group) => group.rules);
  return {
    ...counts,
    groups: statuses.length,
    rules: rules.length,
    failingRules: rules.filter(({ health }) => health === 'err').length,
    evaluationSeconds: statuses.reduce((sum, { evaluationSeconds }) => sum + evaluationSeconds, 0),
  };
};

export const createRulesEngine = (options: RulesOptions): RulesEngine => {
  const surroundings = {
    store: options.store,
    query: options.query ?? {},
    externalLabels: options.externalLabels ?? {},
    externalUrl: options.externalUrl ?? (() => ''),
    nowMs: options.nowMs,
    elapsedMs: options.elapsedMs ?? options.nowMs,
    onAlerts: options.onAlerts ?? (() => {}),
  };
  const groups = options.groups
    .toSorted(compareGroups)
    .map((group) => createRuleGroup(group, group.intervalMs ?? options.intervalMs, surroundings));
  const counts: ScheduleCounts = { iterations: 0, missedIterations: 0, clockSetBack: 0 };
  const statuses = (): readonly GroupStatus[] => groups.map((group) => group.status());
  return {
    groups,
    statuses,
    report: () => reportOf(statuses(), counts),
    run: async (clock, signal) => void (await Promise.all(groups.map((group) => runOnInterval(group, clock, counts, signal)))),
  };
};
