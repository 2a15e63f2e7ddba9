import { expect, test } from 'vitest';
import type { Phase } from '../scenario/scenario.ts';
import { askedRateAt, phaseMoments } from './moments.ts';

const phases: readonly Phase[] = [
  { name: 'flat', kind: 'steady', seconds: 2, ratePerSecond: 50 },
  { name: 'climb', kind: 'fault', seconds: 4, ratePerSecond: 100, shape: { kind: 'ramp', toPerSecond: 500 } },
];

test('the rate that is asked for goes as the shape of its phase does, and is none outside of the traffic', () => {
  const at = (ms: number): number => askedRateAt(phases, 1000, ms);
  expect([at(999), at(1000), at(2999), at(3000), at(5000), at(6999), at(7000)]).toEqual([0, 50, 50, 100, 300, expect.closeTo(500, 0), 0]);
});

test('a phase tells its shape as it begins', () => {
  expect(phaseMoments(phases, 0).map(({ text }) => text)).toContain('phase climb begins: 100 operations a second, ramp to 500/s, for 4 s');
});
