// `npm run selftest`: shows every tool its bad case and its near-miss; then plants each committed defect in a copy of the code, runs `verify` on it, and demands that the
// check that names it goes red.
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { explain } from '../engine/errors.ts';
import type { CaseResult, SelftestCase } from '../selftest/case.ts';
import { fullMutations } from '../selftest/full-mutations.ts';
import { mutations } from '../selftest/mutations.ts';
import { runCase } from '../selftest/run-case.ts';
import { sabotages } from '../selftest/sabotages.ts';
import { runTools, toolNames } from './selftest-tools.ts';
import { didYouMean } from './near-names.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Those that are planted without being asked for, in the time that they take today; and all. */
const usualCases: readonly SelftestCase[] = [...mutations, ...sabotages];
const cases: readonly SelftestCase[] = [...mutations, ...fullMutations, ...sabotages];
const caseTimeoutMs = 240_000;

type Options = {
  readonly names: readonly string[];
  readonly list: boolean;
  /** Also the defects for the scenarios outside of the default set. */
  readonly full: boolean;
  /** Only the tools: no scenario is run. */
  readonly tools: boolean;
  /** With `tools`: also those that take seconds, a database or an engine. Without, all are shown. */
  readonly slow: boolean;
  readonly blunt?: string;
  readonly seed: number;
  readonly json?: string;
  readonly report: string;
};

const parse = (parameters: readonly string[]): Options => {
  const program = new Command('selftest')
    .description(
      'Shows every tool (checkers, traffic, drivers, faults, the verdict) a case that it must call bad and one that it must call good; then plants each committed defect in a copy of the code and demands that verify goes red through the check that names it.',
    )
    .argument('[case...]', 'which defects to plant (default: those for the default scenarios, and the tools before them; --list names all)')
    .option('--list', 'name the defects and stop', false)
    .option('--full', 'also the defects for the scenarios outside of the default set: about twenty minutes more', false)
    .option('--tools', 'only the tools, or those that are named: no scenario is run, well under a minute', false)
    .option('--slow', 'with --tools, also those that take seconds, a database or a container engine: under two minutes', false)
    .option('--blunt <check>', 'make a check find nothing: the selftest must then fail')
    .option('--seed <number>', 'seed of the runs', (text) => Number.parseInt(text, 10), 1)
    .option('--json <file>', 'write the results as JSON')
    .option('--report <folder>', 'where the folders of the runs go', 'runs/selftest')
    .exitOverride();
  program.parse(parameters, { from: 'user' });
  const options = program.opts<Omit<Options, 'names'>>();
  const known = options.tools ? toolNames() : cases.map(({ name }) => name);
  const unknown = program.args.find((name) => !known.includes(name));
  if (unknown !== undefined)
    program.error(`error: no ${options.tools ? 'tool' : 'case'} is named ${unknown}.${didYouMean(unknown, known)}`);
  return { names: program.args, ...options };
};

const run = async (options: Options, signal: AbortSignal): Promise<readonly CaseResult[]> => {
  const folder = resolve(options.report, new Date().toISOString().replaceAll(/[:.]/g, '-'));
  await mkdir(folder, { recursive: true });
  const chosen =
    options.names.length === 0 ? (options.full ? cases : usualCases) : cases.filter(({ name }) => options.names.includes(name));
  const results: CaseResult[] = [];
  for (const selftestCase of chosen) {
    signal.throwIfAborted();
    process.stderr.write(pc.dim(`… ${selftestCase.name} (${selftestCase.scenario}): ${selftestCase.defect}\n`));
    const result = await runOne(selftestCase, folder, options.seed, signal);
    results.push(result);
    print(result);
  }
  return results;
};

/** A case that can't be run (its edit no longer applies, say) has caught nothing. */
const runOne = async (selftestCase: SelftestCase, folder: string, seed: number, signal: AbortSignal): Promise<CaseResult> => {
  try {
    return await runCase(selftestCase, { root, folder, seed, signal, timeoutMs: caseTimeoutMs });
  } catch (error) {
    signal.throwIfAborted();
    const { name, defect, exitCode: expectedExitCode } = selftestCase;
    return {
      name,
      defect,
      caught: false,
      exitCode: null,
      expectedExitCode,
      named: [],
      summary: explain(error),
      seconds: 0,
      folder: join(folder, name),
    };
  }
};

const print = ({ name, caught, exitCode, expectedExitCode, summary, seconds, named }: CaseResult): void => {
  const mark = caught ? pc.green('caught') : pc.red('MISSED');
  console.log(`${mark}  ${name}: exit ${exitCode} (${expectedExitCode} expected), ${seconds.toFixed(0)} s\n        ${summary}`);
  if (!caught && named.length > 0) console.log(`        not passed: ${named.join(', ')}`);
};

const main = async (): Promise<number> => {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  try {
    const options = parse(process.argv.slice(2));
    if (options.list) {
      for (const each of cases)
        console.log(`${each.name} (${each.scenario}${usualCases.includes(each) ? '' : ', with --full'}): ${each.defect}`);
      return 0;
    }
    const { names, blunt } = options;
    const slow = options.slow || !options.tools;
    // Defects that are asked for by name are all that is wanted.
    const wantsTools = options.tools || names.length === 0;
    const tools = wantsTools ? await runTools({ names, slow, blunt, print: (text) => console.log(text), signal: interrupted.signal }) : [];
    const results = [...tools, ...(options.tools ? [] : await run(options, interrupted.signal))];
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
    const shown = results.filter((result) => 'caught' in result);
    const [missed, skipped] = [shown.filter(({ caught }) => !caught).length, results.length - shown.length];
    console.log(`\n${shown.length - missed} passed, ${missed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
    return missed === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    console.error(`selftest: ${explain(error)}`);
    return interrupted.signal.aborted ? 130 : 3;
  }
};

process.exitCode = await main();
