// The dashboards of a folder, each read or refused: one that is not understood hides none of the others.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dashboard } from '../dashboards/dashboard.ts';
import { DashboardRefused } from '../dashboards/dashboard-refused.ts';
import { readDashboard } from '../dashboards/read-dashboard.ts';

export type LoadedDashboard =
  | { readonly file: string; readonly dashboard: Dashboard }
  | { readonly file: string; readonly dashboard: null; readonly problem: string };

/** In order of their names; rejects where the folder can't be read. */
export const loadDashboards = async (folder: string): Promise<readonly LoadedDashboard[]> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  return Promise.all(files.map(async (file) => load(file, await readFile(join(folder, file), 'utf8'))));
};

const load = (file: string, text: string): LoadedDashboard => {
  try {
    return { file, dashboard: readDashboard(JSON.parse(text)) };
  } catch (error) {
    if (error instanceof DashboardRefused || error instanceof SyntaxError) return { file, dashboard: null, problem: error.message };
    throw error;
  }
};
