// For tests that ask the real promtool: where it is, from PROMTOOL or PATH; null where there is none.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

export const findPromtool = (environment: NodeJS.ProcessEnv): string | null => {
  const named = environment['PROMTOOL'];
  if (named !== undefined && named !== '') return named;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'promtool')).find(isProgram) ?? null;
};
