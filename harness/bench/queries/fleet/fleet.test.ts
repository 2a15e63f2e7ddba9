import { expect, test } from 'vitest';
import { harnessSignals } from '../../../narration/harness-signals.ts';
import { faultlineCatalogue } from '../../../targets/faultline/catalogue.ts';
import { createMetricStore } from '../../../stack/embedded/metrics/metric-store.ts';
import type { DecodedResourceMetrics } from '../../../stack/embedded/otlp-metric-types.ts';
import { labelValue } from '../../../stack/embedded/promql/labels.ts';
import { attributeValues, combinations } from './attribute-values.ts';
import { createFleet, pointsOf, samplesOf } from './fleet.ts';
import { createExports } from './member-exports.ts';

const fleet = createFleet();
const atMs = 1_700_000_000_000;

type Body = { readonly resourceMetrics: readonly DecodedResourceMetrics[] };

const exportOf = (member: (typeof fleet)[number], seed: number): Body => createExports(member, seed, atMs)(atMs) as Body;

test('the fleet has a little more than ten thousand series', () => {
  const series = fleet.reduce((sum, member) => sum + samplesOf(member), 0);
  expect(series).toBeGreaterThanOrEqual(10_000);
  expect(series).toBeLessThan(11_000);
});

test('every signal of the catalogues is exported, under the name that the catalogue says', () => {
  const store = createMetricStore();
  for (const member of fleet) {
    const { rejectedPoints, acceptedPoints, appendedSamples } = store.ingest(exportOf(member, 1).resourceMetrics, atMs);
    expect([rejectedPoints, acceptedPoints]).toEqual([0, pointsOf(member)]);
    // One more for target_info.
    expect(appendedSamples).toBe(samplesOf(member) + 1);
  }
  const names = new Set(store.labelSets([], -Infinity, Infinity).map((labels) => labelValue(labels, '__name__')));
  const catalogued = [...faultlineCatalogue, ...Object.values(harnessSignals)];
  const wanted = catalogued.map(({ promName, kind }) => (kind === 'histogram' ? `${promName}_bucket` : promName));
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

test('numbers alone are the fleet without its histograms', () => {
  const numbers = createFleet('numbers');
  expect(numbers).toHaveLength(fleet.length);
  for (const member of numbers) expect(samplesOf(member)).toBe(pointsOf(member));
  expect(numbers.reduce((sum, member) => sum + samplesOf(member), 0)).toBeGreaterThan(400);
});

test('the same seed makes the same exports, another one others', () => {
  const text = (seed: number): string => JSON.stringify(exportOf(fleet[0]!, seed));
  expect(text(1)).toBe(text(1));
  expect(text(1)).not.toBe(text(2));
});

test('counters and buckets never fall', () => {
  const store = createMetricStore();
  const exportAt = createExports(fleet[0]!, 1, atMs);
  for (let second = 0; second < 20; second += 1) {
    store.ingest((exportAt(atMs + second * 1_000) as Body).resourceMetrics, atMs + second * 1_000);
  }
  const rising = store.select([], atMs, atMs + 20_000).filter(({ labels }) => /_(total|bucket|sum)$/.test(labelValue(labels, '__name__')));
  expect(rising.length).toBeGreaterThan(300);
  for (const { read } of rising) {
    const values = [...read().values];
    expect(values).toHaveLength(20);
    expect(values.toSorted((a, b) => a - b)).toEqual(values);
  }
});

test('an attribute whose values nobody has thought of is an error, one without a value is left out', () => {
  expect(() => attributeValues('faultline-ingest', 'no.such.attribute')).toThrow('no.such.attribute for faultline-ingest');
  expect(combinations('faultline-worker', ['error.type', 'faultline.lane'])).toHaveLength(24);
  expect(combinations('faultline-worker', ['error.type'])).toContainEqual({});
});
