// Which file imports which: read from the text, types included, so that nothing has to run or compile.
import { glob, readFile } from 'node:fs/promises';
import { posix } from 'node:path';

export type Import = {
  readonly from: string;
  /** A path in the repository, or a package's name. */
  readonly to: string;
  readonly line: number;
  /** `import type`: gone when it runs. */
  readonly isType: boolean;
};

// Statements begin a line (the formatter sees to it); `import(…)` may stand anywhere, and may be a type.
const statement = /^(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?\s*['"]([^'"]+)['"]/gm;
const call = /\bimport\(\s*(?:\/\*.*?\*\/\s*)?['"`]([^'"`$]+)['"`]/g;

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/^\s*\/\/.*$/gm, '');

const resolve = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : specifier;

export const findImports = (from: string, source: string): readonly Import[] => {
  const code = withoutComments(source);
  return [...code.matchAll(statement), ...code.matchAll(call)].map((match) => ({
    from,
    to: resolve(from, match[1] ?? ''),
    line: code.slice(0, match.index).split('\n').length,
    isType: /^(?:import|export)\s+type\s/.test(match[0]),
  }));
};

/** Every import of the TypeScript files below these folders of `root`. */
export const readImports = async (root: string, folders: readonly string[]): Promise<readonly Import[]> => {
  const imports: Import[] = [];
  for await (const path of glob(`{${folders.join(',')}}/**/*.ts`, { cwd: root })) {
    const from = path.replaceAll('\\', '/');
    if (!/(^|\/)node_modules\//.test(from)) imports.push(...findImports(from, await readFile(posix.join(root, from), 'utf8')));
  }
  return imports;
};
