// Judges one scenario's run from what is in its folder alone: pure, so that the same folder always gives the same verdict.
import type { CheckRegistry, CheckResult } from '../checkers/check.ts';
import { type OpenTrace, withWitnesses } from '../checkers/complete-witness.ts';
import { conclude } from '../checkers/check.ts';
import { missedInQuiet } from '../checkers/detection/missed-in-quiet.ts';
import { brokenPromiseId } from '../checkers/detection/other-alerts.ts';
import { machineExcuse } from '../checkers/machine.ts';
import type { CheckReference } from '../scenario/scenario.ts';
import { countRows } from '../history/columns/row-list.ts';
import { indexOf } from '../history/run-index.ts';
import { compareWitnesses } from './compare-witnesses.ts';
import { explain } from './errors.ts';
import { firedAlerts } from './fired-alerts.ts';
import { createNarrowing, type NarrowingNeeds } from './narrowing.ts';
import type { RunData } from './run-data.ts';
import { type ScenarioVerdict, verdictOf } from './verdict.ts';

export type JudgeOptions = {
  readonly checks: { readonly everyRun: CheckRegistry; readonly expectations: CheckRegistry; readonly mustBeSeen: CheckRegistry };
  /** The scenario's budgets against the recorded signals. */
  readonly budgets: (run: RunData) => readonly CheckResult[];
  /** The command with which a reader sees a trace that shows a violation. */
  readonly openTrace?: OpenTrace;
  /** Left out: nothing needs anything of a target. */
  readonly needs?: NarrowingNeeds;
};

const noNeeds: NarrowingNeeds = { checks: {}, budgets: [] };

export type Judgement = {
  readonly verdict: ScenarioVerdict;
  /** Checks that crashed or do not exist: harness errors. The verdict is then never `pass`. */
  readonly errors: readonly string[];
};

export const judge = (run: RunData, { checks, budgets, openTrace = () => null, needs = noNeeds }: JudgeOptions): Judgement => {
  const errors: string[] = [];
  const { scenario, target } = run.plan;
  const narrowing = createNarrowing(target?.lacks ?? {}, needs);
  const attempt = (name: string, check: () => CheckResult | readonly CheckResult[]): readonly CheckResult[] => {
    try {
      return [check()].flat() as readonly CheckResult[];
    } catch (error) {
      errors.push(`check ${name} crashed: ${explain(error)}`);
      return [
        conclude(`validity/${name}-crashed`, 'inconclusive', `The check ${name} crashed, so it found nothing out: ${explain(error)}`),
      ];
    }
  };
  const named = (references: readonly CheckReference[], registry: CheckRegistry): readonly CheckResult[] =>
    references
      .filter(({ check }) => narrowing.allowsCheck(check))
      .flatMap(({ check: name, parameters }) =>
        attempt(name, () => {
          const check = registry.get(name);
          if (check === undefined) throw new Error(`there is no such check; there are ${[...registry.keys()].join(', ')}`);
          return check(run, parameters ?? {});
        }),
      );
  const everyRun = [...checks.everyRun].filter(([name]) => narrowing.allowsCheck(name));
  const results = [
    ...everyRun.flatMap(([name, check]) => attempt(name, () => check(run, {}))),
    ...named(scenario.expectations, checks.expectations),
    ...named(scenario.mustBeSeen, checks.mustBeSeen),
    ...attempt('budgets', () => budgets(withPossibleBudgets(run, narrowing.allowsBudget))),
  ];
  const narrowed = target === undefined ? {} : { target: target.name, notPossible: narrowing.notPossible };
  return { verdict: { ...verdictFrom(run, withWitnesses(run, excuseMissed(run, results), openTrace)), ...narrowed }, errors };
};

const withPossibleBudgets = (run: RunData, allows: (name: string, phase: string) => boolean): RunData => {
  const { scenario } = run.plan;
  const budgets = scenario.budgets.filter(({ name, phase }) => allows(name, phase));
  return budgets.length === scenario.budgets.length ? run : { ...run, plan: { ...run.plan, scenario: { ...scenario, budgets } } };
};

/**
 * A latency measured while others had the machine, or while the generator starved, proves nothing, and so does an alert about it or one that came late; a broken
 * promise stays broken, and so does an alert that was missed though the machine was the run's own for as long as the alert was given.
 */
const excuseMissed = (run: RunData, results: readonly CheckResult[]): readonly CheckResult[] => {
  const generator = results.find(({ id, outcome }) => id === 'validity/generator' && outcome === 'inconclusive');
  const excuse = generator?.summary ?? machineExcuse(run);
  if (excuse === null) return results;
  const exact = new Set([
    brokenPromiseId,
    ...run.plan.scenario.budgets.filter((budget) => budget.exact === true).map(({ name, phase }) => `budget/${name}@${phase}`),
  ]);
  const mayBeLate = ({ dimension, id }: CheckResult): boolean => (dimension === 'budget' || dimension === 'detection') && !exact.has(id);
  const isMissed = ({ dimension, id }: CheckResult): boolean =>
    dimension === 'detection' && missedInQuiet(run, id.slice('detection/'.length));
  return results.map((result) =>
    result.outcome === 'fail' && mayBeLate(result) && !isMissed(result)
      ? { ...result, outcome: 'inconclusive', summary: `${result.summary} Not held against the target: ${excuse}` }
      : result,
  );
};

const rank = { fail: 0, inconclusive: 1, pass: 2 } as const;

const verdictFrom = (run: RunData, results: readonly CheckResult[]): ScenarioVerdict => {
  const { scenario, seed } = run.plan;
  const { phases, drainedAt, zeroAt } = run.timeline;
  return {
    format: 1,
    scenario: scenario.name,
    title: scenario.title,
    seed,
    verdict: verdictOf(results),
    durationSeconds: Math.round(Math.max(drainedAt ?? 0, phases.at(-1)?.to ?? zeroAt) - zeroAt) / 1000,
    counts: countsOf(run),
    faults: run.evidence.map(({ fault, kind, tookEffect, healed, observations }) => ({
      fault,
      kind,
      tookEffect,
      healed,
      evidence: observations.map(({ observed }) => observed),
    })),
    compared: compareWitnesses(run).map(({ topic: _topic, ...comparison }) => comparison),
    alerts: firedAlerts(run),
    results: results.toSorted((left, right) => rank[left.outcome] - rank[right.outcome]),
  };
};

const countsOf = (run: RunData): ScenarioVerdict['counts'] => {
  const { events, rows, operations } = indexOf(run);
  const count = (outcome: string): number => countRows(operations, (operation) => operation.outcome === outcome);
  const refused = new Map<string, number>();
  for (const { outcome, code } of operations) if (outcome === 'failed' && code !== null) refused.set(code, (refused.get(code) ?? 0) + 1);
  return {
    operations: operations.length,
    ok: count('ok'),
    failed: count('failed'),
    unknown: count('unknown'),
    duplicatesSent: countRows(operations, ({ delivery }) => delivery === 'duplicate'),
    refusedByCode: Object.fromEntries(refused),
    eventsAcknowledged: countRows(events, ({ outcome }) => outcome === 'ok'),
    eventsInLog: rows.log.length,
    deadLetters: rows.parked.filter(({ state, reasonCode }) => state === 'parked' && reasonCode !== null).length,
  };
};
