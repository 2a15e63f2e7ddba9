import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { metricName, type MetricKind } from '../stack/embedded/metrics/metric-name.ts';
import { formatHarnessSignals } from './format-harness-signals.ts';
import { type HarnessSignal, harnessSignals } from './harness-signals.ts';

const translatedKind: Readonly<Record<HarnessSignal['kind'], MetricKind>> = {
  counter: 'monotonic-sum',
  gauge: 'gauge',
  histogram: 'histogram',
};

test.each(Object.values<HarnessSignal>(harnessSignals).map((signal) => [signal.name, signal] as const))(
  '%s has the name that Prometheus gives it',
  (_name, { name, unit, kind, promName }) => {
    expect(metricName(name, unit, translatedKind[kind])).toBe(promName);
  },
);

test('docs/harness-signals.md says what the catalogue says', () => {
  const written = readFileSync(new URL('../../docs/harness-signals.md', import.meta.url), 'utf8').replaceAll('\r\n', '\n');
  expect(written, 'Write it again: node harness/narration/print-harness-signals.ts > docs/harness-signals.md').toBe(formatHarnessSignals());
});
