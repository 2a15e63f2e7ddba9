// Catalogue and use hold each other: what a dashboard, a rule or a scenario names is exported, and what is exported is looked at by one of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { signals, type Signal } from '../../../system/contract/signals.ts';
import { loadDashboards } from '../../signals/load-dashboards.ts';
import { harnessSignals } from '../../narration/harness-signals.ts';
import { compileScenario } from '../../scenario/compile.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ScenarioSource } from '../../scenario/source.ts';
import { panelQuestions } from '../../signals/panel-questions.ts';
import { faultlineMeasures } from './measures.ts';
import { substitute } from '../../signals/substitute.ts';
import type { Node } from '../../stack/embedded/promql/syntax/ast.ts';
import { parseExpression } from '../../stack/embedded/promql/syntax/parse.ts';

type Use = { readonly place: string; readonly metrics: readonly string[]; readonly labels: readonly string[] };

const root = join(import.meta.dirname, '../../..');
const times = { fromMs: 0, toMs: 60_000, stepSeconds: 1, timeIntervalSeconds: 1 };

const childrenOf = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'range':
      return [node.selector];
    case 'subquery':
    case 'parentheses':
    case 'unary':
      return [node.expression];
    case 'call':
      return node.arguments;
    case 'aggregation':
      return node.parameter === null ? [node.expression] : [node.parameter, node.expression];
    case 'binary':
      return [node.left, node.right];
  }
};

const allNodes = (node: Node): readonly Node[] => [node, ...childrenOf(node).flatMap(allNodes)];

const labelsOf = (node: Node): readonly string[] => {
  if (node.kind === 'selector') return node.matchers.map(({ name }) => name).filter((name) => name !== '__name__');
  if (node.kind === 'aggregation') return node.grouping;
  return node.kind === 'binary' ? [...node.matching.labels, ...node.matching.include] : [];
};

const useOf = (place: string, promql: string): Use => {
  const nodes = allNodes(parseExpression(promql, { startMs: 0, endMs: 60_000, stepMs: 1_000 }));
  const metrics = nodes.flatMap((node) => (node.kind === 'selector' ? [node.name] : []));
  return { place, metrics: [...new Set(metrics)], labels: [...new Set(nodes.flatMap(labelsOf))] };
};

const dashboardUses = async (): Promise<readonly Use[]> => {
  const loaded = await loadDashboards(join(root, 'grafana/dashboards'));
  return loaded.flatMap(({ file, dashboard }) => {
    if (dashboard === null) throw new Error(`${file} can not be read`);
    return panelQuestions(dashboard, { ...times, variables: {} })
      .filter(({ datasource }) => datasource === 'prometheus')
      .map(({ panel, refId, query }) => useOf(`${dashboard.uid} › ${panel} (${refId})`, query));
  });
};

type RuleFile = {
  readonly groups: readonly { readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[] }[];
};

/** None where there is no folder of rules. */
const ruleFiles = (): readonly (readonly [string, RuleFile])[] => {
  const folder = join(root, 'grafana/alerts');
  const names = readdirSync(join(root, 'grafana'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.startsWith('alerts') && name.endsWith('.rules.yml'))
    .map((name) => [name, parse(readFileSync(join(folder, '..', name), 'utf8')) as RuleFile] as const);
};

const rules = ruleFiles().flatMap(([file, { groups }]) => groups.flatMap((group) => group.rules.map((rule) => ({ file, ...rule }))));
const ruleUses = rules.map(({ file, record, alert, expr }) => useOf(`${file} ${record ?? alert ?? ''}`, expr));

const scenarioUses = async (): Promise<readonly Use[]> => {
  const folder = join(root, 'scenarios');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const written = await Promise.all(
    files.map(async (name) => ((await import(join(folder, name))) as { default: Scenario | ScenarioSource }).default),
  );
  const compiling = { measures: faultlineMeasures, usualProcesses: { ingest: 1, worker: 2, query: 1 } };
  const scenarios = written.map((scenario) => ('detection' in scenario ? scenario : compileScenario(scenario, compiling)));
  const scope = { runId: 'r', scenario: 's' };
  return scenarios.flatMap(({ name, budgets }) =>
    budgets.map((budget) => useOf(`${name} budget ${budget.name}`, substitute(budget.promql, scope, '10s'))),
  );
};

const uses = [...(await dashboardUses()), ...ruleUses, ...(await scenarioUses())];

const catalogue: readonly Pick<Signal, 'promName' | 'kind' | 'attributes'>[] = [
  ...Object.values(signals),
  ...Object.values(harnessSignals),
];
const seriesOf = ({ promName, kind }: Pick<Signal, 'promName' | 'kind'>): readonly string[] =>
  kind === 'histogram' ? [`${promName}_bucket`, `${promName}_count`, `${promName}_sum`] : [promName];
const byName = new Map(catalogue.flatMap((signal) => seriesOf(signal).map((name) => [name, signal] as const)));
/** Made by rules, or by Prometheus itself while it evaluates them. */
const made = new Set([...rules.flatMap(({ record }) => record ?? []), 'ALERTS', 'ALERTS_FOR_STATE']);

describe('what dashboards, rules and scenarios ask for', () => {
  test('is found where it is looked for', () => {
    expect(uses.length).toBeGreaterThan(120);
    expect(useOf('x', 'sum by (a) (rate(m_total{b="c"}[5m])) / on (d) n')).toEqual({
      place: 'x',
      metrics: ['m_total', 'n'],
      labels: ['d', 'a', 'b'],
    });
  });

  test('is in the catalogue', () => {
    const unknown = uses.flatMap(({ place, metrics }) =>
      metrics.filter((name) => !byName.has(name) && !made.has(name)).map((name) => `${place}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('is matched and grouped by labels that its signals have', () => {
    const everywhere = ['job', 'instance', 'le', 'faultline_run', 'faultline_scenario'];
    const wrong = uses.flatMap(({ place, metrics, labels }) => {
      if (metrics.some((name) => made.has(name))) return [];
      const known = new Set([
        ...everywhere,
        ...metrics.flatMap((name) => (byName.get(name)?.attributes ?? []).map((attribute) => attribute.replaceAll('.', '_'))),
      ]);
      return labels.filter((label) => !known.has(label)).map((label) => `${place}: ${label}`);
    });
    expect(wrong).toEqual([]);
  });
});

test('every signal of the catalogue is asked for by a dashboard, a rule or a scenario', () => {
  const asked = new Set(uses.flatMap(({ metrics }) => metrics));
  const unused = catalogue.filter((signal) => !seriesOf(signal).some((name) => asked.has(name)));
  expect(unused.map(({ promName }) => promName)).toEqual([]);
});
