// The dashboards as files. Read anew each time: they are few and small, and an edit shows on reload.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const defaultFolder = join(import.meta.dirname, '../../../../grafana/dashboards');

export type ListedDashboard = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** The file can not be read as JSON: said where dashboards are listed. */
  readonly problem?: string;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const filesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

const describe = (name: string, text: string): ListedDashboard => {
  const unread = { uid: name.replace(/\.json$/, ''), title: name, description: '', tags: [] };
  try {
    const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const tags = Array.isArray(json['tags']) ? json['tags'].filter((tag) => typeof tag === 'string') : [];
    return { uid: textOf(json['uid']), title: textOf(json['title']), description: textOf(json['description']), tags };
  } catch (error) {
    return { ...unread, problem: (error as Error).message };
  }
};

export const createDashboardFiles = (folder: string = defaultFolder) => {
  const all = async (): Promise<readonly { readonly listed: ListedDashboard; readonly text: string }[]> =>
    Promise.all(
      (await filesIn(folder)).map(async (name) => {
        const text = await readFile(join(folder, name), 'utf8');
        return { listed: describe(name, text), text };
      }),
    );
  return {
    list: async (): Promise<readonly ListedDashboard[]> => (await all()).map(({ listed }) => listed),
    /** The file's text; undefined: no dashboard has this uid. */
    read: async (uid: string): Promise<string | undefined> =>
      (await all()).find(({ listed }) => listed.uid === uid && listed.problem === undefined)?.text,
  };
};
