// Where the k6 program is: named by FAULTLINE_K6, or found on PATH. Where it is not, that is said by name, with what to do.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** Null where there is none. */
export const lookForK6 = (environment: Environment): string | null => {
  const named = environment['FAULTLINE_K6'] ?? '';
  if (named !== '') return isProgram(resolve(named)) ? resolve(named) : null;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(resolve(folder), 'k6')).find(isProgram) ?? null;
};

export const findK6 = (environment: Environment): string => {
  const found = lookForK6(environment);
  if (found === null) throw k6Missing(environment);
  return found;
};

/** Where k6 is to be used and is not here: what to do. */
export const k6Missing = (environment: Environment, otherwise = ''): HarnessError => {
  const named = environment['FAULTLINE_K6'] ?? '';
  return new HarnessError(
    'FL_DRIVER_FAILED',
    named === ''
      ? `the k6 program is not here: put it on PATH or name it in FAULTLINE_K6${otherwise}. It comes from https://grafana.com/docs/k6/latest/set-up/install-k6/, or by: go install go.k6.io/k6@latest`
      : `FAULTLINE_K6 is ${named}, which is no program that can be run`,
  );
};
