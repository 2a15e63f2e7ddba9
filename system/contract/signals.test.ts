import { describe, expect, it } from 'vitest';
import { countBuckets, durationBucketsSeconds, type Signal, signals } from './signals.ts';

// Prometheus' translation of OTLP names (strategy UnderscoreEscapingWithSuffixes); units of the catalogue only, so that an unknown one fails.
// https://prometheus.io/docs/guides/opentelemetry/ and github.com/prometheus/otlptranslator
const unitSuffixes: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };

const suffixOf = ({ unit, kind }: Signal) => {
  if (unit.startsWith('{')) return '';
  if (unit === '1') return kind === 'gauge' ? '_ratio' : '';
  const suffix = unitSuffixes[unit];
  if (suffix === undefined) throw new Error(`The unit ${unit} has no translation in this test: add it.`);
  return suffix;
};

const translate = (signal: Signal) =>
  `${signal.name.replaceAll(/[^a-zA-Z0-9_]/g, '_')}${suffixOf(signal)}${signal.kind === 'counter' ? '_total' : ''}`;

const catalogue: readonly Signal[] = Object.values(signals);

describe('the signal catalogue', () => {
  it.each(catalogue)('names $name as Prometheus does', (signal) => {
    expect(signal.promName).toBe(translate(signal));
  });

  it('has each name once, in both languages', () => {
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
    expect(new Set(catalogue.map(({ promName }) => promName)).size).toBe(catalogue.length);
  });

  it.each(catalogue)('says what $name means, in a sentence', ({ meaning }) => {
    expect(meaning).toMatch(/^[A-Z].+\.$|: .+\.$/);
  });

  it('has accounted signals as counters and gauges only: the books hold no distributions', () => {
    expect(catalogue.filter(({ source, kind }) => source === 'accounted' && kind === 'histogram')).toEqual([]);
  });

  it.each([
    ['seconds', durationBucketsSeconds],
    ['counts', countBuckets],
  ])('has buckets for %s that only grow', (_name, buckets) => {
    expect([...buckets].toSorted((a, b) => a - b)).toEqual([...buckets]);
    expect(new Set(buckets).size).toBe(buckets.length);
  });

  it('has a bucket edge at each budget of the scenarios, so that a p99 is not interpolated across it', () => {
    expect(durationBucketsSeconds).toEqual(expect.arrayContaining([0.1, 0.5, 1, 2]));
  });
});
