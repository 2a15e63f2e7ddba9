import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNoopMeter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { signals } from '../contract/signals.ts';
import { createInstruments } from './instruments.ts';

const instruments = createInstruments(createNoopMeter());

describe('instruments', () => {
  it.each([
    ['outside the catalogue', { ...signals.sentMessages }, 'is not in the catalogue'],
    ['of another kind', signals.ingestQueueSize, 'is a gauge, not a counter'],
    ['of the books', signals.logAppended, 'only the books may export it'],
  ])('refuse a signal %s', (_what, signal, message) => {
    expect(() => instruments.counter(signal as typeof signals.sentMessages)).toThrow(message);
  });

  it('take one of the catalogue', () => {
    expect(() => instruments.counter(signals.sentMessages).add(1)).not.toThrow();
  });
});

const makers = /\.create(?:Counter|Histogram|Gauge|UpDownCounter|Observable\w+)\s*[(<]|\bgetMeter\s*\(|\bnew MeterProvider\b/;
const system = join(import.meta.dirname, '..');
const mayMake = ['telemetry/instruments.ts', 'telemetry/otlp.ts'];

const makersIn = (files: readonly (readonly [string, string])[]) =>
  files.filter(([file, text]) => makers.test(text) && !mayMake.includes(file)).map(([file]) => file);

describe('the system', () => {
  it('creates no instrument outside the catalogue', () => {
    const files = readdirSync(system, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => [file, readFileSync(join(system, file), 'utf8')] as const);
    expect(files.length).toBeGreaterThan(30);
    expect(makersIn(files)).toEqual([]);
  });

  it.each(["meter.createCounter('mine')", 'meter.createObservableGauge<A>(name)', "metrics.getMeter('mine')", 'new MeterProvider()'])(
    'would be caught with %s',
    (text) => {
      expect(makersIn([['ingest/front-door.ts', text]])).toEqual(['ingest/front-door.ts']);
    },
  );

  it.each(['instruments.counter(signals.sentMessages)', 'createCounterRow()'])('would not be caught with %s', (text) => {
    expect(makersIn([['ingest/front-door.ts', text]])).toEqual([]);
  });
});
