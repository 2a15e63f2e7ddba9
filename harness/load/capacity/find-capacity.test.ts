import { expect, test } from 'vitest';
import { capacitySentence } from '../report/sentences.ts';
import { jobFor, playerOf } from '../testing.ts';
import { parseSlo } from '../slo/parse-slo.ts';
import type { Slo } from '../slo/slo.ts';
import type { Probe } from './capacity-result.ts';
import { type CapacityOptions, findCapacity } from './find-capacity.ts';

const sloOf = (text: string): Slo => (parseSlo(text) as { readonly slo: Slo }).slo;
const options: CapacityOptions = {
  startPerSecond: 50,
  lowestPerSecond: 1,
  mostPerSecond: 20_000,
  precision: 0.05,
  slos: ['errors<1%', 'throughput>=95%'].map(sloOf),
  settleSeconds: 2,
  probeSeconds: 5,
  mostSeconds: 600,
};
const find = (answersPerSecond: number, more: Partial<CapacityOptions> = {}) => {
  const { sliceMs: _ofTheRun, stages: _ofTheProbe, ...job } = jobFor('http://127.0.0.1:1', 1, 1);
  const probes: Probe[] = [];
  const hooks = { onProgress: () => {}, onProbe: (probe: Probe) => void probes.push(probe), signal: new AbortController().signal };
  return findCapacity(playerOf(answersPerSecond), job, { ...options, ...more }, hooks);
};

test('a target that queues what it can’t answer, without an error, holds no more than it answers', async () => {
  const { capacity } = await find(330);
  expect(capacity.ended).toBe('found');
  expect(capacity.ratePerSecond).toBeGreaterThan(310);
  expect(capacity.ratePerSecond).toBeLessThan(330 * 1.06);
});

test('what a probe missed is said as the gate is written, and never rounded to its bound', async () => {
  const { capacity } = await find(330);
  const missed = capacity.probes.filter(({ outcome }) => outcome === 'missed').map(({ because }) => because);
  expect(missed.length).toBeGreaterThan(0);
  for (const because of missed) expect(because).toMatch(/^throughput>=95% was missed: (?!95%)\d+(\.\d+)?%$/);
});

test('a search whose time is up ends, and says what had held', async () => {
  const { capacity } = await find(330, { mostSeconds: 20 });
  expect(capacity).toMatchObject({ ratePerSecond: null, ended: 'time', probes: [{ outcome: 'holds' }, { outcome: 'holds' }] });
  expect(capacitySentence(capacity)).toMatch(/unknown\. The time was up \(--most-duration\) after 2 probes, and 100\/s had held/);
});
