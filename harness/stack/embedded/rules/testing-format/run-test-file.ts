// Runs the tests of one file over the rule files that it names.
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { findFiles } from '../reading/find-files.ts';
import { readRuleFileAt } from '../reading/load-rule-files.ts';
import { problemText } from '../reading/problem.ts';
import type { RuleGroup } from '../rule.ts';
import { readTestFile } from './read-test-file.ts';
import type { TestFailure } from './run-test-group.ts';
import { runTestGroup } from './run-test-group.ts';

export type TestFileOutcome = {
  readonly file: string;
  readonly tests: number;
  /** Why nothing was run. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly failures: readonly TestFailure[];
};

const refused = (file: string, problems: readonly string[]): TestFileOutcome => ({ file, tests: 0, problems, warnings: [], failures: [] });

type Rules = { readonly groups: readonly RuleGroup[]; readonly problems: readonly string[]; readonly warnings: readonly string[] };

const readRules = async (patterns: readonly string[], folder: string): Promise<Rules> => {
  const [problems, warnings, groups]: [string[], string[], RuleGroup[]] = [[], [], []];
  for (const pattern of patterns) {
    const files = await findFiles([isAbsolute(pattern) ? pattern : join(folder, pattern)]);
    if (files.length === 0) warnings.push(`no file matches ${pattern}`);
    for (const each of await Promise.all(files.map(readRuleFileAt))) {
      problems.push(...each.problems);
      groups.push(...each.groups);
    }
  }
  return { groups, problems, warnings };
};

/** Throws only for a defect of ours. */
export const runTestFile = async (file: string): Promise<TestFileOutcome> => {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) return refused(file, [`${file}: cannot be read: ${bytes.message}`]);
  if (!isUtf8(bytes)) return refused(file, [`${file}: is not UTF-8`]);
  const { file: tests, problems } = readTestFile(bytes.toString('utf8'));
  if (problems.length > 0)
    return refused(
      file,
      problems.map((problem) => problemText(file, problem)),
    );
  const rules = await readRules(tests.ruleFiles, dirname(file));
  if (rules.problems.length > 0) return refused(file, rules.problems);
  const failures = tests.tests.flatMap((test) => runTestGroup(tests, test, rules.groups));
  return { file, tests: tests.tests.length, problems: [], warnings: rules.warnings, failures };
};
