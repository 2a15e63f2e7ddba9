// Reads run.json of a run's folder. One that is damaged is said to be, with what it lacks: nobody meets half of it later.
import { join } from 'node:path';
import { HarnessError } from './errors.ts';
import { manifestFile } from './manifest.ts';
import { checkFormat, readJson } from './read-run-data.ts';
import type { RunManifest } from './run-data.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What judging and telling rest on; the rest is shown where it is there. */
const parts: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: isText,
  startedAt: isText,
  state: isText,
  seed: (value) => typeof value === 'number',
  scenarios: (value) => Array.isArray(value) && value.every(isText),
  runtime: isText,
  versions: isRecord,
  machine: isRecord,
};

/** Rejects with FL_RUN_FOLDER or FL_FORMAT_VERSION. */
export const readManifest = async (folder: string): Promise<RunManifest> => {
  const path = join(folder, manifestFile);
  const found = await readJson<Readonly<Record<string, unknown>>>(path);
  if (!isRecord(found)) throw damaged(path, 'it holds no object');
  checkFormat(path, found['format']);
  const lacking = Object.entries(parts).flatMap(([name, fits]) => (fits(found[name]) ? [] : [name]));
  if (lacking.length > 0) throw damaged(path, `it lacks ${lacking.join(', ')}`);
  return found as unknown as RunManifest;
};

const damaged = (path: string, what: string): HarnessError => new HarnessError('FL_RUN_FOLDER', `${path} is damaged: ${what}`);
