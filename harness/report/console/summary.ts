// The last screen: a table of scenarios, for each that did not pass what was wrong and its first witness, and where the whole report is.
import { join, relative } from 'node:path';
import type { CheckResult } from '../../checkers/check.ts';
import type { RunManifest } from '../../engine/run-data.ts';
import type { RunVerdict, ScenarioVerdict } from '../../engine/verdict.ts';
import { witnessLines } from '../describe-witness.ts';
import { describeFired } from '../describe-scenario.ts';
import { type Colors, painted } from './colors.ts';
import { count, seconds } from './numbers.ts';
import { type Cell, type Column, renderTable } from './table.ts';

export type SummaryOptions = {
  readonly manifest: RunManifest;
  readonly verdict: RunVerdict;
  readonly folder: string;
  readonly colors: Colors;
  readonly columns: number;
};

const columns: readonly Column[] = [
  { title: 'scenario' },
  { title: 'verdict' },
  { title: 'ops', align: 'right' },
  { title: 'ok', align: 'right' },
  { title: 'refused', align: 'right' },
  { title: 'unknown', align: 'right' },
  { title: 'evidence' },
  { title: 'witnesses agree', align: 'right' },
  { title: 'checks', align: 'right' },
  { title: 'time', align: 'right' },
];

export const renderSummary = (options: SummaryOptions): string => {
  const { manifest, verdict, folder } = options;
  const trouble = verdict.scenarios
    .filter((scenario) => scenario.verdict !== 'pass')
    .flatMap((scenario) => explainScenario(scenario, options));
  return [
    '',
    ...renderTable(
      columns,
      verdict.scenarios.map((scenario) => rowOf(scenario, options.colors)),
    ),
    ...alertsOf(verdict),
    ...verdict.scenarios.flatMap((scenario) => narrowedBy(scenario)),
    ...trouble,
    ...verdict.errors.map(({ scenario, message }) => painted(options.colors, 'error', `\n${scenario}: harness error: ${message}`)),
    '',
    explanation,
    `seed ${manifest.seed}${manifest.commit === null ? '' : `, commit ${manifest.commit.slice(0, 12)}`}, ${wallSeconds(manifest)}`,
    `report  ${relative(process.cwd(), join(folder, 'report.html'))}`,
    countLine(verdict, options.colors),
  ].join('\n');
};

const explanation = `A scenario passes only when the history of what clients were promised shows every promise kept, the telemetry stays
inside its budgets, and the two agree. "witnesses agree" counts the signals on which both said the same.`;

const rowOf = (scenario: ScenarioVerdict, colors: Colors): readonly Cell[] => {
  const { counts, faults, compared, results } = scenario;
  return [
    { text: scenario.scenario },
    { text: scenario.verdict, paint: (text) => painted(colors, scenario.verdict, text) },
    { text: count(counts.operations) },
    { text: count(counts.ok) },
    { text: count(counts.failed) },
    { text: count(counts.unknown) },
    {
      text:
        faults.length === 0
          ? 'no fault planned'
          : `${faults.filter(({ tookEffect }) => tookEffect).length} of ${faults.length} faults seen`,
    },
    { text: `${compared.filter(({ agrees }) => agrees).length} of ${compared.length}` },
    { text: `${results.filter(({ outcome }) => outcome === 'pass').length} of ${results.length}` },
    { text: seconds(scenario.durationSeconds) },
  ];
};

const alertsOf = ({ scenarios }: RunVerdict): readonly string[] => {
  const fired = scenarios.filter(({ alerts }) => alerts.length > 0);
  const lines = fired.flatMap(({ scenario, alerts }) => alerts.map((alert) => `  ${scenario}: ${describeFired(alert)}`));
  return lines.length === 0 ? [] : ['', 'alerts that fired', ...lines];
};

const shownResults = 6;
const shownLines = 5;
const cut = (line: string): string => (line.length > 240 ? `${line.slice(0, 239)}…` : line);

const explainScenario = (scenario: ScenarioVerdict, { colors }: SummaryOptions): readonly string[] => {
  const bad = scenario.results.filter(({ outcome }) => outcome !== 'pass');
  const rest = bad.length - shownResults;
  return [
    '',
    `${scenario.scenario} ${painted(colors, scenario.verdict)}${scenario.verdict === 'inconclusive' ? ': nothing wrong was proven, but the run cannot be trusted' : ''}`,
    ...bad.slice(0, shownResults).flatMap((result) => explainResult(result, colors)),
    ...(rest > 0 ? [`  … and ${rest} more; see the report`] : []),
  ];
};

/** One example, the best being one that can be followed in a trace. */
const explainResult = (result: CheckResult, colors: Colors): readonly string[] => {
  const example = result.findings.find(({ witness }) => witness.traces.length > 0) ?? result.findings[0];
  const head = `  ${painted(colors, result.outcome, result.id)}  ${result.summary}`;
  if (example === undefined) return [head];
  const lines = shortened(witnessLines(example.witness)).map((line) => colors.dim(`      ${cut(line)}`));
  return [head, `    one of ${count(result.findingsTotal)}: ${example.message}`, ...lines];
};

/** The trace stands last, and is what a reader needs to go on. */
const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= shownLines ? lines : [...lines.slice(0, shownLines - 1), ...lines.slice(-1)];

/** The reasons once each, with what they leave out: a verdict says nothing of that. */
const narrowedBy = ({ scenario, target, notPossible = [] }: ScenarioVerdict): readonly string[] => {
  if (notPossible.length === 0) return [];
  const byReason = [...Map.groupBy(notPossible, ({ why }) => why)];
  return [
    '',
    `${scenario}: ${notPossible.length} checks were not possible on ${target ?? 'this target'}, so the verdict says nothing of them`,
    ...byReason.map(([why, list]) => `  not possible: ${list.map(({ check }) => check).join(', ')} (${why})`),
  ];
};

const wallSeconds = ({ startedAt, endedAt }: RunManifest): string =>
  endedAt === null ? 'not ended' : `${seconds((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)} in all`;

/** The last line, which CI reads. What is inconclusive, or could not be run, did not pass. */
const countLine = ({ scenarios, errors }: RunVerdict, colors: Colors): string => {
  const passed = scenarios.filter(({ verdict }) => verdict === 'pass').length;
  const unrun = new Set(errors.map(({ scenario }) => scenario).filter((name) => !scenarios.some(({ scenario }) => scenario === name))).size;
  const inconclusive = scenarios.filter(({ verdict }) => verdict === 'inconclusive').length;
  const failed = scenarios.length - passed + unrun;
  const words = [...(inconclusive > 0 ? [`${inconclusive} of them inconclusive`] : []), ...(unrun > 0 ? [`${unrun} of them not run`] : [])];
  const line = `${passed} passed, ${failed} failed`;
  return [
    ...(words.length > 0 ? [`counted as failed: ${words.join(', ')}`] : []),
    failed > 0 ? colors.bold(colors.red(line)) : colors.bold(colors.green(line)),
  ].join('\n');
};
