import { expect, test } from 'vitest';
import { signals } from '../contract/signals.ts';
import type { BookEntry } from '../telemetry/accounting.ts';
import { createEffectsCadence } from './effects-cadence.ts';

const surplus = (lane: number, value: number): BookEntry => ({
  signal: signals.effectSurplus,
  attributes: { 'faultline.processor': 'timelines', 'faultline.processor.version': 1, 'faultline.lane': lane },
  value,
});

const start = () => {
  let nowMs = 1_000_000;
  const cadence = createEffectsCadence({ nowMs: () => nowMs, sleep: () => Promise.resolve() });
  const told = (signal: { readonly name: string }) =>
    cadence
      .complete([])
      .filter((entry) => entry.signal.name === signal.name)
      .map(({ value }) => value);
  return {
    cadence,
    pass: (ms: number) => void (nowMs += ms),
    surplus: () => told(signals.effectSurplus),
    age: () => told(signals.effectsAge),
  };
};

test('a count stands until the next one', () => {
  const { cadence, pass, surplus: told, age } = start();
  cadence.counted(10, [surplus(0, 0), surplus(1, 2)]);
  pass(60_000);
  expect(told()).toEqual([0, 2]);
  expect(age()).toEqual([60.01]);
  cadence.counted(30_000, []);
  expect([told(), age()]).toEqual([[], [30]]);
});

test('where a count fails nothing is said of what was as it should be, and a difference stands until a count denies it', () => {
  const { cadence, pass, surplus: told, age } = start();
  cadence.counted(10, [surplus(0, 0), surplus(1, 2)]);
  pass(30_000);
  cadence.failed(30_000);
  expect([told(), age()]).toEqual([[2], [30.01]]);
  pass(600_000);
  cadence.counted(1000, [surplus(0, 0), surplus(1, 0)]);
  expect([told(), age()]).toEqual([[0, 0], [1]]);
});

test('until there is a count there is its age alone, from the election on', () => {
  const { pass, surplus: told, age } = start();
  pass(7000);
  expect([told(), age()]).toEqual([[], [7]]);
});

test('a twentieth of the time goes into counting, whether it succeeds or fails', () => {
  const { cadence, pass } = start();
  expect(cadence.due()).toBe(true);
  cadence.counted(24, []);
  expect(cadence.due()).toBe(true);
  for (const end of [() => cadence.counted(1000, []), () => cadence.failed(1000)]) {
    end();
    pass(19_999);
    expect(cadence.due()).toBe(false);
    pass(1);
    expect(cadence.due()).toBe(true);
  }
});
