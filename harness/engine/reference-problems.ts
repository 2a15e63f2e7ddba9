// Mistakes in the names and parameters of the checks that a scenario asks for: only who knows the registry can see them, so it is done before a run and not by the scenario.
import type { CheckRegistry } from '../checkers/check.ts';
import type { Problem } from '../scenario/problem.ts';
import type { CheckReference, Scenario } from '../scenario/scenario.ts';

export type KnownChecks = { readonly expectations: CheckRegistry; readonly mustBeSeen: CheckRegistry };
/** `string?` may be left out. */
export type ParameterKind = 'number' | 'string' | 'strings' | 'string?';
export type NeededParameters = Readonly<Record<string, Readonly<Record<string, ParameterKind>>>>;

export const referenceProblems = (scenario: Scenario, known: KnownChecks, needed: NeededParameters): readonly Problem[] =>
  (['expectations', 'mustBeSeen'] as const).flatMap((list) =>
    scenario[list].flatMap((reference, index) => problemsOf(reference, `${list}[${index}]`, known[list], needed, scenario)),
  );

const described: Readonly<Record<ParameterKind, string>> = {
  number: 'a number',
  string: 'a string',
  strings: 'a list of strings',
  'string?': 'a string',
};

const kindOf = (value: unknown): string =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? 'strings' : typeof value;

const isOf = (kind: ParameterKind, value: unknown): boolean =>
  kind === 'string?' ? value === undefined || typeof value === 'string' : kindOf(value) === kind;

const problemsOf = (
  { check, parameters = {} }: CheckReference,
  place: string,
  known: CheckRegistry,
  needed: NeededParameters,
  { phases, traffic }: Scenario,
): Problem[] => {
  if (!known.has(check))
    return [
      { place: `${place}.check`, message: `there is no check ${JSON.stringify(check)} here; there are ${[...known.keys()].join(', ')}` },
    ];
  const wanted = needed[check] ?? {};
  const problems = Object.entries(wanted)
    .filter(([name, kind]) => !isOf(kind, parameters[name]))
    .map(([name, kind]) => ({
      place: `${place}.parameters.${name}`,
      message: `must be ${described[kind]}, not ${JSON.stringify(parameters[name]) ?? 'left out'}`,
    }));
  const unknown = Object.keys(parameters)
    .filter((name) => !(name in wanted))
    .map((name) => ({ place: `${place}.parameters.${name}`, message: `${check} has no such parameter` }));
  const phase = parameters['phase'];
  const noPhase =
    typeof phase === 'string' && !phases.some(({ name }) => name === phase)
      ? [{ place: `${place}.parameters.phase`, message: `there is no phase ${JSON.stringify(phase)}` }]
      : [];
  const tenant = parameters['tenant'];
  const noTenant =
    typeof tenant === 'string' && traffic.tenants?.some(({ name }) => name === tenant) !== true
      ? [{ place: `${place}.parameters.tenant`, message: `there is no tenant ${JSON.stringify(tenant)}` }]
      : [];
  return [...problems, ...unknown, ...noPhase, ...noTenant];
};
