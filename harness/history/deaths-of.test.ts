import { expect, test } from 'vitest';
import type { FaultEvidence } from '../engine/run-data.ts';
import { deathsOf } from './deaths-of.ts';

const seen = (at: number, data?: unknown) => ({ at, source: 'process', observed: 'something', data });
const fault = (change: Partial<FaultEvidence>): FaultEvidence => ({
  fault: 'f',
  kind: 'clock',
  injectedAt: 1000,
  healedAt: 9000,
  tookEffect: true,
  healed: true,
  observations: [
    seen(1010, { event: 'exited', code: null, signal: 'SIGKILL' }),
    seen(1500, { event: 'restarted' }),
    seen(8000, { event: 'exited', code: null, signal: 'SIGKILL' }),
    seen(8100),
  ],
  ...change,
});

test('the blow and each exit are deaths, the one at healing too', () => {
  expect(deathsOf(fault({}))).toEqual([1000, 1010, 8000]);
  expect(deathsOf(fault({ observations: [] }))).toEqual([1000]);
});

test('who ends by itself with code 0 has not died, nor has who is stopped in order; another code is a death', () => {
  const ended = (code: number) => [seen(8000, { event: 'exited', code, signal: null })];
  expect(deathsOf(fault({ observations: ended(0) }))).toEqual([1000]);
  expect(deathsOf(fault({ observations: ended(1) }))).toEqual([1000, 8000]);
  expect(deathsOf(fault({ kind: 'restart' }))).toEqual([]);
});

test('a fault that took no effect killed nobody', () => {
  expect(deathsOf(fault({ tookEffect: false }))).toEqual([]);
});
