// docs/failure-modes.md says what the scenarios demand: a section for each failure mode, with every alert that its scenario waits for.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { readRuleNames } from '../signals/alert-rules.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { checkScenarios } from './check-scenarios.ts';
import { loadScenarios } from './load-scenarios.ts';
import { ownSystemFolder, scenariosFolder } from './parts.ts';

const target = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
const scenarios = new Map(
  checkScenarios(await loadScenarios(scenariosFolder, target), target).map((scenario) => [scenario.name, scenario] as const),
);
const [preface = '', ...sections] = readFileSync(new URL('../../docs/failure-modes.md', import.meta.url), 'utf8').split(/^## /m);
const [symptoms = '', ...modes] = sections;
const modesByName = modes.map((text) => [text.split('\n', 1)[0] ?? '', text] as const);
const names = modesByName.map(([name]) => name);
const alertsIn = (text: string): readonly string[] => [...new Set(text.match(/\bFaultline[A-Z]\w+/g))];
const { alerts: known } = readRuleNames(target.alerts!.rulesFile);

test('it begins with the symptoms, and each mode is found by one, under a name that there is', () => {
  expect(preface).toMatch(/^# Failure modes\n/);
  const linked = [...symptoms.matchAll(/\]\(#([\w-]+)\)/g)].map(([, name]) => name);
  expect(names.filter((name) => !linked.includes(name))).toEqual([]);
  expect(linked.filter((name) => !names.includes(name!))).toEqual([]);
});

/** On the quiet day nothing goes wrong. */
const quiet = 'steady';

test('whatever a scenario makes go wrong has its section', () => {
  const { faults, phases, detection } = scenarios.get(quiet)!;
  expect([faults, phases.filter(({ kind }) => kind === 'fault'), detection.fires]).toEqual([[], [], []]);
  expect([...scenarios.keys()].filter((name) => name !== quiet && !names.includes(name))).toEqual([]);
});

describe.each(modesByName)('%s', (name, text) => {
  test('is a scenario, and says what users see, what the operator sees, and what to do', () => {
    expect([...scenarios.keys()]).toContain(name);
    for (const word of ['Users', 'Operator', 'Do']) expect(text).toMatch(new RegExp(`^- \\*\\*${word}\\*\\*: .`, 'm'));
  });

  test('names each alert that its scenario waits for, and none that there is not', () => {
    const { fires } = scenarios.get(name)!.detection;
    expect(fires.map(({ alert }) => alert).filter((alert) => !alertsIn(text).includes(alert))).toEqual([]);
    expect(alertsIn(text).filter((alert) => !known.includes(alert))).toEqual([]);
  });
});
