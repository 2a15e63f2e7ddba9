// Runs `verify` from a copy of the tree with a defect in it, as a user would, and says whether the named check caught it.
import { join } from 'node:path';
import { execa } from 'execa';
import type { CheckResult } from '../checkers/check.ts';
import type { RunVerdict } from '../engine/verdict.ts';
import type { CaseResult, SelftestCase } from './case.ts';
import { copyTree } from './copied-tree.ts';
import { sabotageRun } from './sabotage-run.ts';

export type CaseOptions = {
  readonly root: string;
  readonly folder: string;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
};

type Ended = { readonly exitCode: number | null; readonly verdict: RunVerdict | null; readonly output: string };

export const runCase = async (selftestCase: SelftestCase, options: CaseOptions): Promise<CaseResult> => {
  const startedAt = performance.now();
  const folder = join(options.folder, selftestCase.name);
  const ended = await verifyMutant(selftestCase, folder, options);
  return {
    name: selftestCase.name,
    defect: selftestCase.defect,
    ...judgeCase(selftestCase, ended),
    exitCode: ended.exitCode,
    expectedExitCode: selftestCase.exitCode,
    seconds: (performance.now() - startedAt) / 1000,
    folder,
  };
};

const verifyMutant = async (selftestCase: SelftestCase, folder: string, options: CaseOptions): Promise<Ended> => {
  await using tree = await copyTree(options.root, selftestCase.edits);
  const verify = execa(
    process.execPath,
    ['harness/cli/verify.ts', selftestCase.scenario, '--seed', String(options.seed), '--report', folder, '--json'],
    {
      cwd: tree.folder,
      reject: false,
      stdin: 'ignore',
      timeout: options.timeoutMs,
      cancelSignal: options.signal,
      forceKillAfterDelay: 20_000,
      // A copy's paths are new each time: nothing compiled for it is of use again.
      env: { CI: 'true', NO_COLOR: '1', NODE_DISABLE_COMPILE_CACHE: '1' },
    },
  );
  const done = new AbortController();
  const sabotage =
    selftestCase.sabotage === undefined
      ? Promise.resolve()
      : sabotageRun(folder, selftestCase.sabotage, AbortSignal.any([options.signal, done.signal]));
  const result = await verify;
  done.abort();
  await sabotage;
  return { exitCode: result.exitCode ?? null, verdict: parseVerdict(result.stdout), output: result.stderr };
};

const parseVerdict = (stdout: string): RunVerdict | null => {
  try {
    return JSON.parse(stdout) as RunVerdict;
  } catch {
    return null;
  }
};

/** Pure: did the run end with the exit code of this defect, and did the check that is meant to name it do so? */
export const judgeCase = (selftestCase: SelftestCase, ended: Ended): Pick<CaseResult, 'caught' | 'named' | 'summary'> => {
  const results = ended.verdict?.scenarios.flatMap((scenario) => scenario.results) ?? [];
  const bad = results.filter((result) => result.outcome !== 'pass');
  const wanted = selftestCase.exitCode === 1 ? 'fail' : 'inconclusive';
  const namer = bad.find((result) => result.outcome === wanted && selftestCase.namedBy.includes(result.id));
  return {
    caught: ended.exitCode === selftestCase.exitCode && namer !== undefined,
    named: bad.map((result) => `${result.id} ${result.outcome}`),
    summary: namer?.summary ?? missed(ended, bad),
  };
};

const missed = (ended: Ended, bad: readonly CheckResult[]): string => {
  if (ended.verdict === null) return `no verdict came: ${ended.output.slice(-600)}`;
  const errors = ended.verdict.errors.map((error) => error.message).join('; ');
  if (errors !== '') return `harness error: ${errors}`;
  return bad.length === 0 ? 'everything passed: nothing saw the defect' : `seen only by ${bad.map((result) => result.id).join(', ')}`;
};
