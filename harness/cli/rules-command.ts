// What rules does: each file with what was found in it, and at the end one exit code for all.
import { findFiles } from '../stack/embedded/rules/reading/find-files.ts';
import { readRuleFileAt } from '../stack/embedded/rules/reading/load-rule-files.ts';
import { failureText } from '../stack/embedded/rules/testing-format/failure-text.ts';
import { runTestFile } from '../stack/embedded/rules/testing-format/run-test-file.ts';
import { exitCodes } from './exit-codes.ts';
import { parseRulesOptions } from './rules-options.ts';

type Output = { readonly stdout: { write(text: string): unknown } };

/** What is said of one file; no problems: it is well. */
type Finding = {
  readonly file: string;
  readonly summary: string;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const check = async (file: string, lintFatal: boolean): Promise<Finding> => {
  const { groups, problems, warnings } = await readRuleFileAt(file);
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  const summary = `${counted(rules, 'rule')} in ${counted(groups.length, 'group')}`;
  return lintFatal ? { file, summary, problems: [...problems, ...warnings], warnings: [] } : { file, summary, problems, warnings };
};

const test = async (file: string): Promise<Finding> => {
  const { tests, problems, warnings, failures } = await runTestFile(file);
  return { file, summary: counted(tests, 'test'), problems: [...problems, ...failures.map(failureText)], warnings };
};

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

const lines = ({ file, summary, problems, warnings }: Finding): string =>
  [
    `${problems.length === 0 ? 'ok    ' : 'FAILED'} ${file}${problems.length === 0 ? `: ${summary}` : ''}`,
    ...warnings.map((text) => indented(`warning: ${text}`)),
    ...problems.map(indented),
  ].join('\n');

export const rulesCommand = async (parameters: readonly string[], { stdout }: Output): Promise<number> => {
  const options = parseRulesOptions(parameters);
  if ('help' in options) {
    stdout.write(options.help);
    return exitCodes.pass;
  }
  const files = await findFiles(options.files);
  let wrong = files.length === 0 ? 1 : 0;
  if (files.length === 0) stdout.write(`FAILED no file matches ${options.files.join(', ')}\n`);
  for (const file of files) {
    const finding = await (options.action === 'check' ? check(file, options.lintFatal) : test(file));
    if (finding.problems.length > 0) wrong += 1;
    stdout.write(`${lines(finding)}\n`);
  }
  return wrong > 0 ? exitCodes.fail : exitCodes.pass;
};
