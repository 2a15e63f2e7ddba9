// The verdict as a whole: what proves nothing is inconclusive, and the canary, a target that loses, repeats and reorders, fails. A green canary is a red selftest.
import { readFile, writeFile } from 'node:fs/promises';
import { quietScenario, simulateRun } from '../../checkers/testing/simulated-run.ts';
import type { RunData } from '../../engine/run-data.ts';
import type { Judgement } from '../../engine/judge.ts';
import { driveStub } from '../stub/drive-stub.ts';
import { goodStub } from '../stub/stub-options.ts';
import type { StubRuns } from './driver-tools.ts';
import type { Half, ToolCase } from './tool-case.ts';

export type JudgeRun = (run: RunData) => Judgement;

const cut = async (historyFile: string): Promise<void> => {
  const text = await readFile(historyFile, 'utf8');
  await writeFile(historyFile, text.slice(0, Math.floor(text.length * 0.9)));
};

const truncated = async (): Promise<RunData> => (await driveStub({ stub: goodStub, seconds: 1, ratePerSecond: 200, spoil: cut })).run;

/** A perfect run, so that nothing but what is spoilt can be why. */
const perfect = (): RunData => simulateRun(quietScenario, 5);
const stepped = (): RunData => ({
  ...perfect(),
  machine: perfect().machine.map((sample, index) => (index < 6 ? sample : { ...sample, at: sample.at - 3000 })),
});

export const verdictTools = (runs: StubRuns, judge: JudgeRun): readonly ToolCase[] => {
  const half = (what: string, run: () => RunData | Promise<RunData>, verdict: string, because: string | null = null): Half => ({
    what,
    show: async () => {
      const judged = judge(await run()).verdict;
      const reasons = judged.results.filter(({ outcome }) => outcome === judged.verdict && outcome !== 'pass').map(({ id }) => id);
      const asItMust = judged.verdict === verdict && (because === null || reasons.includes(because));
      return { asItMust, said: `${judged.verdict}${reasons.length === 0 ? '' : `: ${reasons.slice(0, 4).join(', ')}`}` };
    },
  });
  const good = half('the same with nothing wrong passes', perfect, 'pass');
  return [
    {
      name: 'canary',
      kind: 'verdict',
      green: good,
      red: half('a target that loses, repeats and reorders must fail', async () => (await runs.bad()).run, 'fail', 'safety/lost'),
    },
    {
      name: 'history truncated',
      kind: 'verdict',
      green: good,
      red: half('a history that was cut in the middle of a line', truncated, 'inconclusive', 'validity/history-complete'),
    },
    {
      name: 'clock stepped',
      kind: 'verdict',
      green: good,
      red: half('the clock was set back by 3 s in the middle', stepped, 'inconclusive', 'validity/clock'),
    },
  ];
};
