// Where the programs of the native runtime are: named by a variable, or found on PATH. What is missing is said by name, with how to get it.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';
import { type StackPart, stackParts, testedVersions } from '../tested-versions.ts';

export type Programs = Readonly<Partial<Record<StackPart, string>>>;
type Environment = Readonly<Record<string, string | undefined>>;

const names: Readonly<Record<StackPart, readonly string[]>> = {
  prometheus: ['prometheus'],
  tempo: ['tempo'],
  loki: ['loki'],
  grafana: ['grafana-server', 'grafana'],
};

const sources: Readonly<Record<StackPart, string>> = {
  prometheus: 'https://prometheus.io/download/',
  tempo: 'https://github.com/grafana/tempo/releases',
  loki: 'https://github.com/grafana/loki/releases',
  grafana: 'https://grafana.com/grafana/download',
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const variableOf = (part: StackPart): string => `FAULTLINE_${part.toUpperCase()}`;

const named = (part: StackPart, environment: Environment): string | null => {
  const value = environment[variableOf(part)] ?? '';
  if (value === '') return null;
  const path = resolve(value);
  if (isProgram(path)) return path;
  throw new HarnessError('FL_STACK_FAILED', `${variableOf(part)} is ${value}, which is no program that can be run`);
};

const onPath = (part: StackPart, environment: Environment): string | undefined =>
  (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names[part].map((name) => join(resolve(folder), name)))
    .find(isProgram);

/** null where there is none. Throws a HarnessError where a variable names one that can't be run. */
export const findProgram = (part: StackPart, environment: Environment): string | null =>
  named(part, environment) ?? onPath(part, environment) ?? null;

const missingText = (part: StackPart): string =>
  `  ${part} ${testedVersions[part]}: put the program ${names[part][0]} on PATH or name it in ${variableOf(part)}; it comes from ${sources[part]}`;

/** Grafana is used where it is there; a verdict needs it not. Throws a HarnessError that names all that is missing. */
export const findPrograms = (environment: Environment, without: readonly StackPart[]): Programs => {
  const wanted = stackParts.filter((part) => !without.includes(part));
  const found = wanted.map((part) => [part, findProgram(part, environment)] as const);
  const missing = found.flatMap(([part, program]) => (program === null && part !== 'grafana' ? [part] : []));
  if (missing.length > 0)
    throw new HarnessError('FL_STACK_FAILED', `the native runtime lacks ${missing.join(', ')}:\n${missing.map(missingText).join('\n')}`);
  return Object.fromEntries(found.filter(([, program]) => program !== null)) as Programs;
};
