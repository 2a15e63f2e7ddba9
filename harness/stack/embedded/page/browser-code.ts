// The code of the page: TypeScript of this repository with its types stripped by Node, so that there is nothing to build; uPlot from node_modules.
import { readFile, stat } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';

export type ServedFile = { readonly type: string; readonly content: string };

const root = join(import.meta.dirname, '../../../..');
export const browserFolder = 'harness/stack/embedded/page/browser';
const logicFolder = 'harness/stack/embedded/page/logic';

/** What may leave: code that is meant for the browser, and no test. */
const served = new RegExp(`^(?:harness/dashboards|${browserFolder}|${logicFolder})/(?:[a-z0-9-]+/)*[a-z0-9-]+\\.(?:ts|css)$`);
const javascript = 'text/javascript; charset=utf-8';
const css = 'text/css; charset=utf-8';

const library: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  'uplot.js': { file: 'dist/uPlot.esm.js', type: javascript },
  'uplot.css': { file: 'dist/uPlot.min.css', type: css },
};

const uplotFolder = (): string => dirname(createRequire(import.meta.url).resolve('uplot/package.json'));

/** A browser knows no packages: the one that is used has a path. */
const withPaths = (code: string): string => code.replaceAll(/(\bfrom\s+)'uplot'/g, "$1'/page/code/uplot.js'");

const translate = (path: string, source: string): ServedFile =>
  path.endsWith('.css') ? { type: css, content: source } : { type: javascript, content: withPaths(stripTypeScriptTypes(source)) };

const modifiedMs = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

export const createBrowserCode = () => {
  const kept = new Map<string, { readonly atMs: number; readonly file: ServedFile }>();

  const readOwn = async (path: string): Promise<ServedFile | undefined> => {
    const full = join(root, path);
    const atMs = await modifiedMs(full);
    if (atMs === undefined) return undefined;
    const known = kept.get(path);
    if (known?.atMs === atMs) return known.file;
    const file = translate(path, await readFile(full, 'utf8'));
    kept.set(path, { atMs, file });
    return file;
  };

  return {
    /** `path` below /page/code/, from the repository's root. undefined: not served. */
    read: async (path: string): Promise<ServedFile | undefined> => {
      const part = Object.hasOwn(library, path) ? library[path] : undefined;
      if (part !== undefined) return { type: part.type, content: await readFile(join(uplotFolder(), part.file), 'utf8') };
      return served.test(path) ? readOwn(path) : undefined;
    },
  };
};
