// JSON files of a run folder, written whole or not at all: a reader never meets half of one.
import { rename, writeFile } from 'node:fs/promises';

export const writeJson = async (path: string, value: unknown): Promise<void> => {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`);
  await rename(draft, path);
};
