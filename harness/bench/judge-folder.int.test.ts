import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conflictingEffect } from '../checkers/conflicting-effect.ts';
import { equalsOrderedDelivery } from '../checkers/equals-ordered-delivery.ts';
import { gapless } from '../checkers/gapless.ts';
import { readModel } from '../checkers/read-model.ts';
import { readRunData } from '../engine/read-run-data.ts';
import { accounting } from '../checkers/accounting.ts';
import { writeJudgeFolder } from './judge-folder.ts';

test('the folder that judging is measured on is a run in which nothing is wrong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-judge-folder-'));
  try {
    await writeJudgeFolder(folder, 3000);
    const run = await readRunData(folder);
    expect([run.operations.length, run.historyComplete, run.finalStateComplete]).toEqual([3000, true, true]);
    for (const check of [conflictingEffect, equalsOrderedDelivery, gapless, readModel, accounting])
      expect(check(run)).toMatchObject({ outcome: 'pass' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
