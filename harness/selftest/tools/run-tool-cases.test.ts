import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runToolCases } from './run-tool-cases.ts';
import type { Half, ToolCase } from './tool-case.ts';

/** `running`: how many were at work at a time. */
const watched = () => {
  const seen = { now: 0, most: 0 };
  const half: Half = {
    what: 'works for a few turns',
    show: async () => {
      seen.most = Math.max(seen.most, (seen.now += 1));
      for (let n = 0; n < 3; n += 1) await turn();
      seen.now -= 1;
      return { asItMust: true, said: '' };
    },
  };
  const cases = (parts: Partial<ToolCase>): readonly ToolCase[] =>
    Array.from({ length: 9 }, (_, n) => ({ name: `${n}`, kind: 'fault', red: half, green: half, ...parts }));
  return { seen, cases };
};
const run = { signal: new AbortController().signal, onResult: () => {} };

test('tools that measure the machine run alone, those that wait beside each other', async () => {
  const [alone, beside] = [watched(), watched()];
  expect(await runToolCases([...beside.cases({ isPatient: true }), ...alone.cases({})], run)).toHaveLength(18);
  expect([alone.seen.most, beside.seen.most]).toEqual([1, 6]);
});

test('what the machine lacks is said, and neither proven nor failed; what can not be told is shown', async () => {
  const [tool] = watched().cases({});
  const lacks = { ...tool!, lacks: () => 'there is no engine' };
  const unknown = { ...tool!, lacks: () => Promise.reject(new Error('who knows')) };
  expect(await runToolCases([lacks, unknown], run)).toEqual([
    { name: '0', kind: 'fault', skipped: 'there is no engine' },
    expect.objectContaining({ caught: true }),
  ]);
});

test('an interruption ends it after the tools that are at work', async () => {
  const { seen, cases } = watched();
  const abort = new AbortController();
  const running = runToolCases(cases({}), { signal: abort.signal, onResult: () => abort.abort(new Error('interrupted')) });
  await expect(running).rejects.toThrow(/interrupted/);
  expect(seen.now).toBe(0);
});
