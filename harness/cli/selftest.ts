// `npm run selftest`: shows every tool its bad case and its near-miss; then plants each committed defect in a copy of the code, runs `verify` on it, and demands that the
// check that names it goes red.
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import pc from 'picocolors';
import { explain, HarnessError } from '../engine/errors.ts';
import type { CaseResult, SelftestCase } from '../selftest/case.ts';
import { fullMutations } from '../selftest/full-mutations.ts';
import { mutations } from '../selftest/mutations.ts';
import { runCase } from '../selftest/run-case.ts';
import { sabotages } from '../selftest/sabotages.ts';
import { watchProgram } from './interruption.ts';
import { parseSelftestOptions, type SelftestOptions } from './selftest-options.ts';
import { checkNames, runTools, toolNames } from './selftest-tools.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Those that are planted without being asked for, in the time that they take today; and all. */
const usualCases: readonly SelftestCase[] = [...mutations, ...sabotages];
const cases: readonly SelftestCase[] = [...mutations, ...fullMutations, ...sabotages];
const caseTimeoutMs = 240_000;

const run = async (options: SelftestOptions, signal: AbortSignal): Promise<readonly CaseResult[]> => {
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
  using interrupted = watchProgram();
  try {
    const names = { cases: cases.map(({ name }) => name), tools: toolNames(), checks: checkNames() };
    const options = parseSelftestOptions(process.argv.slice(2), names);
    if (options.list) {
      for (const each of cases)
        console.log(`${each.name} (${each.scenario}${usualCases.includes(each) ? '' : ', with --full'}): ${each.defect}`);
      return 0;
    }
    const { names: asked, blunt } = options;
    const slow = options.slow || !options.tools;
    // Defects that are asked for by name are all that is wanted.
    const wantsTools = options.tools || asked.length === 0;
    const tools = wantsTools
      ? await runTools({ names: asked, slow, blunt, print: (text) => console.log(text), signal: interrupted.signal })
      : [];
    const results = [...tools, ...(options.tools ? [] : await run(options, interrupted.signal))];
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
    const shown = results.filter((result) => 'caught' in result);
    const [missed, skipped] = [shown.filter(({ caught }) => !caught).length, results.length - shown.length];
    console.log(`\n${shown.length - missed} passed, ${missed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
    return missed === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    console.error(`${error instanceof HarnessError ? error.code : 'selftest'}: ${explain(error)}`);
    return interrupted.signal.aborted ? 130 : 3;
  }
};

process.exitCode = await main();
