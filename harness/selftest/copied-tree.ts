// A throw-away copy of the checkout's code with a defect put in, so that the product itself never holds one.
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edit } from './case.ts';

const parts = ['package.json', 'tsconfig.json', 'system', 'harness', 'scenarios', 'grafana'];

export type CopiedTree = AsyncDisposable & { readonly folder: string };

/** Rejects when an edit does not apply exactly once: the code has moved on and the case must follow it. */
export const copyTree = async (root: string, edits: readonly Edit[]): Promise<CopiedTree> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-selftest-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true, force: true }).catch(ignoreMissing);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const edit of edits) await applyEdit(folder, edit);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: dispose };
};

const ignoreMissing = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};

const applyEdit = async (folder: string, edit: Edit): Promise<void> => {
  const path = join(folder, edit.file);
  const text = await readFile(path, 'utf8');
  const found = text.split(edit.find).length - 1;
  if (found !== 1) throw new Error(`the edit of ${edit.file} fits ${found} places instead of one; the text looked for is: ${edit.find}`);
  await writeFile(
    path,
    text.replace(edit.find, () => edit.replace),
  );
};
