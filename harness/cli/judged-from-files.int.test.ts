// A run that was read from its files, mostly without making an object of a line, is judged as the one whose rows are objects.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { SimulatedRun } from '../checkers/testing/simulated-run.ts';
import { spoiledRun } from '../checkers/testing/spoiled-runs.ts';
import { judge } from '../engine/judge.ts';
import type { RunData } from '../engine/run-data.ts';
import { createDictionaries } from '../history/columns/dictionary.ts';
import { readFinalState, writeFinalState } from '../history/final-state-file.ts';
import { createHistoryWriter } from '../history/history-writer.ts';
import { readHistory } from '../history/read-history.ts';
import { checks } from './checks.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-judged-'));
afterAll(() => rm(folder, { recursive: true }));

const readBack = async (run: SimulatedRun): Promise<RunData> => {
  const [historyFile, finalFile] = [join(folder, 'history.ndjson'), join(folder, 'final-state.ndjson')];
  const history = await createHistoryWriter(historyFile, { format: 1, scenario: 'test', seed: 1, zeroAt: run.timeline.zeroAt });
  for (const operation of run.operations) history.add(operation);
  await history.end();
  await writeFinalState(
    finalFile,
    (async function* () {
      yield* run.finalState;
    })(),
  );
  const dictionaries = createDictionaries();
  const [{ operations, complete }, finalState] = [
    await readHistory(historyFile, dictionaries),
    await readFinalState(finalFile, dictionaries),
  ];
  dictionaries.trim();
  return { ...run, operations, historyComplete: complete, finalState: finalState.rows, finalStateComplete: finalState.complete };
};

const verdictOf = (run: RunData) => judge(run, { checks, budgets: () => [] });

test('the verdict from the files is the verdict from the objects, with every finding and witness', async () => {
  await fc.assert(
    fc.asyncProperty(spoiledRun, async (run) => {
      expect(verdictOf(await readBack(run))).toEqual(verdictOf(run));
    }),
    { numRuns: 30 },
  );
});
