// junit.xml for CI: a testsuite for each scenario, a testcase for each check. Inconclusive is an <error>: not proven wrong, and never green.
import { create } from 'xmlbuilder2';
import type { CheckResult } from '../checkers/check.ts';
import type { RunManifest } from '../engine/run-data.ts';
import type { RunVerdict, ScenarioVerdict } from '../engine/verdict.ts';
import { witnessLines } from './describe-witness.ts';
import { describeFired } from './describe-scenario.ts';

type Case = { readonly '@name': string; readonly '@classname': string; readonly '@time': string } & Readonly<Record<string, unknown>>;

export const renderJunit = (manifest: RunManifest, verdict: RunVerdict): string => {
  const suites = [...verdict.scenarios.map((scenario) => suiteOf(scenario, manifest)), ...errorSuites(verdict, manifest)];
  const sum = (name: '@tests' | '@failures' | '@errors'): number => suites.reduce((total, suite) => total + suite[name], 0);
  const totals = { '@tests': sum('@tests'), '@failures': sum('@failures'), '@errors': sum('@errors') };
  const document = { testsuites: { '@name': `faultline verify ${manifest.id}`, ...totals, testsuite: suites } };
  return `${create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' }, document).end({ prettyPrint: true })}\n`;
};

const suiteOf = (scenario: ScenarioVerdict, manifest: RunManifest) => ({
  ...head(scenario.scenario, manifest, scenario.durationSeconds),
  '@tests': scenario.results.length + (scenario.notPossible ?? []).length,
  '@skipped': (scenario.notPossible ?? []).length,
  '@failures': scenario.results.filter(({ outcome }) => outcome === 'fail').length,
  '@errors': scenario.results.filter(({ outcome }) => outcome === 'inconclusive').length,
  properties: { property: propertiesOf(scenario) },
  testcase: [...scenario.results.map((result) => caseOf(scenario.scenario, result)), ...skippedCases(scenario)],
});

const head = (name: string, manifest: RunManifest, time: number) => ({
  '@name': name,
  '@time': time.toFixed(3),
  '@timestamp': manifest.startedAt.slice(0, 19),
});

const propertiesOf = ({ title, seed, verdict, counts, alerts }: ScenarioVerdict) =>
  Object.entries({
    title,
    seed,
    verdict,
    operations: counts.operations,
    ok: counts.ok,
    failed: counts.failed,
    unknown: counts.unknown,
    alerts: alerts.map((alert) => describeFired(alert)).join('; '),
  }).map(([name, value]) => ({ '@name': name, '@value': String(value) }));

const caseOf = (scenario: string, result: CheckResult): Case => ({
  '@name': result.id,
  '@classname': `${scenario}.${result.dimension}`,
  '@time': '0',
  ...detailsOf(result),
});

const skippedCases = ({ scenario, notPossible = [] }: ScenarioVerdict): readonly Case[] =>
  notPossible.map(({ check, why }) => ({
    '@name': check,
    '@classname': `${scenario}.not-possible`,
    '@time': '0',
    skipped: { '@message': `not possible: ${why}` },
  }));

const detailsOf = (result: CheckResult): Readonly<Record<string, unknown>> => {
  const text = { '@message': result.summary, '@type': result.outcome, '#': findingsOf(result) };
  switch (result.outcome) {
    case 'pass':
      return { 'system-out': result.summary };
    case 'fail':
      return { failure: text };
    case 'inconclusive':
      return { error: text };
  }
};

const findingsOf = ({ findings, findingsTotal }: CheckResult): string => {
  const lines = findings.flatMap(({ message, witness }) => [message, ...witnessLines(witness).map((line) => `  ${line}`)]);
  const left = findingsTotal - findings.length;
  return [...lines, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n');
};

/** A scenario that could not be run at all is a suite with one error. */
const errorSuites = ({ errors }: RunVerdict, manifest: RunManifest) =>
  errors.map(({ scenario, message }) => ({
    ...head(`${scenario} (harness)`, manifest, 0),
    '@tests': 1,
    '@failures': 0,
    '@errors': 1,
    properties: { property: [] },
    testcase: [
      {
        '@name': 'harness',
        '@classname': `${scenario}.harness`,
        '@time': '0',
        error: { '@message': message, '@type': 'harness-error' },
      },
    ],
  }));
