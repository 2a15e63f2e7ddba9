import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../engine/virtual-clock.ts';
import { createObservations } from './observations.ts';
import { type Look, runTimed, type TimedSteps } from './timed-fault.ts';

const fault = { name: 'it', kind: 'database', seconds: 10 };
const look = (is: boolean, observed = String(is)): Look => ({ is, source: 'test', observed });

/** Runs a fault on a clock that stands still while anything can run; when it was healed, and what it says. */
const runWith = async (steps: Partial<TimedSteps>, signal = new AbortController().signal) => {
  const clock = createVirtualClock(1000);
  let healedAt: number | null = null;
  const inject = async (): Promise<AsyncDisposable> => ({ [Symbol.asyncDispose]: async () => void (healedAt = clock.now()) });
  const all: TimedSteps = { inject, look: async () => look(true, 'felt'), lookAfter: async () => look(true, 'gone'), ...steps };
  const evidence = await runTimed(
    fault,
    { clock, signal },
    createObservations(clock, () => {}),
    all,
  );
  return { evidence, healedAt: healedAt as number | null, observed: evidence.observations.map(({ observed }) => observed) };
};

describe('a timed fault', () => {
  test('lasts for its time, and is looked for in it and after it', async () => {
    const { evidence, healedAt, observed } = await runWith({});
    expect(evidence).toMatchObject({ injectedAt: 1000, healedAt: 11_000, tookEffect: true, healed: true });
    expect([healedAt, observed]).toEqual([11_000, ['felt', 'gone']]);
  });

  test('that is felt late took effect; one that is never felt did not, and says what was seen last', async () => {
    let looks = 0;
    const late = await runWith({ look: async () => look((looks += 1) > 20, `look ${looks}`) });
    expect(late.evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(late.observed[0]).toBe('look 21');
    const never = await runWith({ look: async () => look(false, 'nothing') });
    expect(never.evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(never.observed).toEqual(['nothing', 'gone']);
  });

  test('whose look fails is healed all the same, and proves nothing', async () => {
    const { evidence, healedAt, observed } = await runWith({ look: () => Promise.reject(new Error('nobody is there')) });
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(healedAt).toBe(11_000);
    expect(observed[0]).toMatch(/could not be seen: nobody is there/);
  });

  test('that is not gone within the bound is not healed', async () => {
    const { evidence, observed } = await runWith({ lookAfter: async () => look(false, 'still there') });
    expect(evidence).toMatchObject({ tookEffect: true, healed: false, healedAt: null });
    expect(observed).toEqual(['felt', 'still there']);
  });

  test('whose healing fails says so, and is not healed even where nothing is seen of it any more', async () => {
    const inject = async (): Promise<AsyncDisposable> => ({ [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) });
    const { evidence, observed } = await runWith({ inject });
    expect(evidence).toMatchObject({ healed: false, healedAt: null });
    expect(observed).toEqual(['felt', 'it could not be taken away: stuck', 'gone']);
  });

  test('is healed at once where the run is interrupted', async () => {
    const abort = new AbortController();
    const { healedAt, evidence } = await runWith({ look: async () => (abort.abort(), look(true, 'felt')) }, abort.signal);
    expect(healedAt).toBe(1000);
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
  });

  test('that can not be carried out rejects, for the schedule to say so', async () => {
    await expect(runWith({ inject: () => Promise.reject(new Error('no such thing')) })).rejects.toThrow('no such thing');
  });
});
