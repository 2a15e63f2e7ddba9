// Rule files from disk: names and patterns -> groups. All that is wrong with any of them is said in one error.
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { RuleGroup } from '../rule.ts';
import { findFiles } from './find-files.ts';
import { problemText } from './problem.ts';
import { readRuleFile } from './read-rule-file.ts';

export type LoadedFile = { readonly file: string; readonly groups: readonly RuleGroup[]; readonly warnings: readonly string[] };

export class RuleFilesRefused extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'RuleFilesRefused';
    this.problems = problems;
  }
}

export type FileReading = LoadedFile & { readonly problems: readonly string[] };

export const readRuleFileAt = async (file: string): Promise<FileReading> => {
  const nothing = { file, groups: [], warnings: [] };
  try {
    const bytes = await readFile(file);
    if (!isUtf8(bytes)) return { ...nothing, problems: [`${file}: is not UTF-8`] };
    const { groups, problems, warnings } = readRuleFile(file, bytes.toString('utf8'));
    const textOf = problemText.bind(null, file);
    return { file, groups, problems: problems.map(textOf), warnings: warnings.map(textOf) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { ...nothing, problems: [`${file}: cannot be read: ${message}`] };
  }
};

/** Throws RuleFilesRefused. A pattern that names no file is a mistake too: rules that are not there alert of nothing. */
export const loadRuleFiles = async (patterns: readonly string[]): Promise<readonly LoadedFile[]> => {
  const problems: string[] = [];
  for (const pattern of patterns) if ((await findFiles([pattern])).length === 0) problems.push(`${pattern}: no file matches this pattern`);
  const files: LoadedFile[] = [];
  for (const file of await findFiles(patterns)) {
    const { problems: found, ...loaded } = await readRuleFileAt(file);
    problems.push(...found);
    files.push(loaded);
  }
  if (problems.length > 0) throw new RuleFilesRefused(problems);
  return files;
};
