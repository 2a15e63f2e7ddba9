import { expect, test } from 'vitest';
import type { ImportedLine } from '../history/imported-line.ts';
import type { Fault } from '../scenario/scenario.ts';
import { play, type Stage } from './play.ts';
import type { ScenarioContext } from './scenario-context.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** As many as a scenario may have imported. */
const lines = 200_000;
const fault: Fault = { kind: 'import', name: 'past', at: { phase: 'only', afterSeconds: 0 }, lines, ratePerSecond: 20_000, seconds: 20 };
const nothing = (): void => {};

const stage = {
  target: { pending: async () => [] },
  driver: { go: nothing, done: Promise.resolve() },
  watch: { begin: nothing, heard: nothing, follow: async () => {} },
  narrator: { begin: nothing, faultBegins: nothing, faultNoted: nothing, faultEnds: nothing },
  reader: null,
  consumers: null,
  helpers: { start: nothing, promiseHealing: nothing, running: () => [] },
} as unknown as Stage;

const contextWith = (runFault: ScenarioContext['parts']['runFault']): ScenarioContext =>
  ({
    scenario: {
      name: 'past',
      phases: [{ name: 'only', kind: 'steady', seconds: 0.01, ratePerSecond: 1 }],
      faults: [fault],
      drainWithinSeconds: 1,
    },
    seed: 7,
    clock: createVirtualClock(),
    signal: new AbortController().signal,
    parts: { runFault },
    onProgress: nothing,
  }) as unknown as ScenarioContext;

test('all lines of the longest import that a scenario may have are taken down as promised', async () => {
  const { evidence, imported } = await play(
    contextWith(async ({ name, kind }, { promise }) => {
      promise(Array.from({ length: lines }, (_unused, n) => ({ idempotencyKey: String(n) }) as ImportedLine));
      return { fault: name, kind, injectedAt: 0, healedAt: 1, tookEffect: true, healed: true, observations: [] };
    }),
    stage,
  );
  expect(evidence).toMatchObject([{ fault: 'past', tookEffect: true }]);
  expect(imported).toHaveLength(lines);
  expect(imported.at(-1)).toMatchObject({ idempotencyKey: '199999' });
});
