// Everything that people and machines ask about a recorded run: each query of each dashboard, each rule, and what its verdict was made from.
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { queriesOf, type DashboardQuery } from '../dashboards/queries-of.ts';
import { readDashboard } from '../dashboards/read-dashboard.ts';
import type { SignalsRecord } from '../engine/run-data.ts';
import { lookbackSeconds } from '../signals/look-back.ts';
import {
  lokiInstant,
  lokiRange,
  prometheusInstant,
  prometheusRange,
  tempoMetrics,
  tempoSearch,
  tempoTrace,
  type Question,
  type Stretch,
} from './question.ts';

const lines = 5_000;
/** More than there are: which ones a smaller limit keeps is Tempo's own affair. */
const traces = 10_000;

const filesOf = async (pattern: string, folder: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: folder })) found.push(join(folder, path));
  return found.toSorted();
};

const isTraceMetric = (query: string): boolean => /\|\s*(rate|count_over_time|\w+_over_time|compare)\s*\(/.test(query);

const dashboardQuestion = (query: DashboardQuery, stretch: Stretch): Question => {
  const { dashboard, panel, refId, expr, kind, datasource } = query;
  const asked = { askedFor: 'dashboard', place: `dashboard ${dashboard} › ${panel} › ${refId}`, query: expr } as const;
  const own = { ...stretch, stepSeconds: query.stepSeconds };
  switch (datasource) {
    case 'prometheus':
      return kind === 'instant' ? prometheusInstant(asked, stretch.toMs) : prometheusRange(asked, own);
    case 'tempo':
      return isTraceMetric(expr) ? tempoMetrics(asked, own, 'tempo-range') : tempoSearch(asked, stretch, traces);
    case 'loki':
      return kind === 'instant' ? lokiInstant(asked, stretch.toMs, query.limit ?? lines) : lokiRange(asked, own, query.limit ?? lines);
  }
};

export type DashboardQuestionsOptions = {
  readonly folder: string;
  readonly stretch: Stretch;
  readonly runId: string;
  readonly scenario: string;
};

/** With the variables of the run, and once more with "All", as it is opened first. */
export const dashboardQuestions = async ({ folder, stretch, runId, scenario }: DashboardQuestionsOptions): Promise<readonly Question[]> => {
  const questions: Question[] = [];
  for (const file of await filesOf('*.json', folder)) {
    const dashboard = readDashboard(JSON.parse(await readFile(file, 'utf8')));
    const options = { fromMs: stretch.fromMs, toMs: stretch.toMs, stepSeconds: stretch.stepSeconds, timeIntervalSeconds: 1 };
    for (const variables of [{}, { faultline_run: runId, faultline_scenario: scenario }]) {
      const queries = queriesOf(dashboard, { ...options, variables });
      questions.push(...queries.map((query) => dashboardQuestion(query, stretch)));
    }
  }
  return questions;
};

type RuleFile = {
  readonly groups?: readonly {
    readonly name: string;
    readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly expr: string | number }[];
  }[];
};

export const ruleQuestions = async (folder: string, stretch: Stretch): Promise<readonly Question[]> => {
  const questions: Question[] = [];
  for (const file of await filesOf('*.rules.yml', folder)) {
    const { groups = [] } = parse(await readFile(file, 'utf8')) as RuleFile;
    for (const { name, rules } of groups) {
      for (const { alert, record, expr } of rules) {
        const asked = { askedFor: 'rule', place: `rule ${name} › ${alert ?? record ?? ''}`, query: String(expr) } as const;
        questions.push(prometheusRange(asked, { ...stretch, stepSeconds: 1 }));
      }
    }
  }
  return questions;
};

const verdict = (place: string, query: string) => ({ askedFor: 'verdict', place, query }) as const;

/** The questions of signals.json, asked again as they were then. */
export const verdictQuestions = (signals: SignalsRecord, stretch: Stretch): readonly Question[] => {
  const step = signals.exportIntervalMs / 1_000;
  const lookback = { lookback_delta: String(lookbackSeconds(signals.exportIntervalMs)) };
  return [
    ...signals.budgets
      .filter(({ to }) => to > 0)
      .flatMap(({ name, phase, promql, from, to }) => {
        const asked = verdict(`budget ${name} in ${phase}`, promql);
        return [prometheusInstant(asked, to, lookback), prometheusRange(asked, { fromMs: from, toMs: to, stepSeconds: step }, lookback)];
      }),
    ...signals.finals.map(({ signal, promql }) => prometheusInstant(verdict(`final ${signal}`, promql), stretch.toMs)),
    ...signals.plots.map(({ name, promql }) => prometheusRange(verdict(`plot ${name}`, promql), { ...stretch, stepSeconds: 1 }, lookback)),
    ...signals.traces.map(({ traceId }) => tempoTrace({ askedFor: 'verdict', place: 'marked trace' }, traceId)),
    ...signals.logs.map(({ query }) => lokiRange(verdict('logs', query), stretch, lines)),
  ];
};
