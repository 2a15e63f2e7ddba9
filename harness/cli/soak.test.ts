import { expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { defaultMetricLimits } from '../stack/embedded/metrics/limits.ts';
import { defaultLimits } from '../stack/embedded/stack.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { checkScenarios } from './check-scenarios.ts';
import { toScenario } from './load-scenarios.ts';
import { ownSystemFolder } from './parts.ts';
import { soakMinutes, soakScenario } from './soak.ts';
import { parseVerifyOptions } from './verify-options.ts';

const target = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
const made = (seed: number, minutes = 20, ratePerSecond = 800) => soakScenario({ minutes, ratePerSecond, seed });

test.each([1, 2, 3, 4, 5, 6, 7, 8])('the soak of seed %d is a scenario without a mistake, and the same again', (seed) => {
  const source = made(seed);
  expect(made(seed)).toEqual(source);
  const [scenario] = checkScenarios([{ name: 'soak', ...toScenario(source, target) }], target);
  expect(scenario?.faults.length).toBeGreaterThan(30);
});

test('another seed brings other faults at other times, and all kinds come up', () => {
  expect(made(1).faults).not.toEqual(made(2).faults);
  const kinds = new Set(
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) =>
      Object.values(made(seed).faults ?? {}).map((fault) => ('effect' in fault ? fault.effect : fault.kind)),
    ),
  );
  for (const kind of ['kill', 'pause', 'crash-loop', 'restart', 'latency', 'swallow-commit', 'read-only', 'lock'])
    expect(kinds).toContain(kind);
});

test('a soak of two minutes has faults too, and all of them are over before the calm', () => {
  const { faults = {}, phases } = made(3, 2, 100);
  expect(Object.keys(faults).length).toBeGreaterThan(1);
  const { seconds } = phases['storm']!;
  for (const fault of Object.values(faults))
    expect(fault.at.afterSeconds + ('seconds' in fault ? fault.seconds : 0)).toBeLessThan(seconds - 20);
});

test.each([
  [['--soak', '20', '--rate', '500'], { minutes: 20, ratePerSecond: 500 }],
  [['--soak', '3'], { minutes: 3, ratePerSecond: 800 }],
  [[], null],
])('%j asks for %j', (parameters, soak) => {
  expect(parseVerifyOptions(parameters, {}, () => 0)).toMatchObject({ soak });
});

test.each([[['--soak', '1']], [['--soak', 'long']], [['--soak', '3', '--rate', '0']]])('%j is bad usage', (parameters) => {
  expect(() => parseVerifyOptions(parameters, {}, () => 0)).toThrow(expect.objectContaining({ code: 'FL_USAGE' }));
});

test('what the longest soak sent first is still kept when its run is judged, a quarter of an hour after its last event', () => {
  expect(parseVerifyOptions(['--soak', String(soakMinutes.most)], {}, () => 0)).toMatchObject({ soak: { minutes: soakMinutes.most } });
  expect(() => parseVerifyOptions(['--soak', String(soakMinutes.most + 1)], {}, () => 0)).toThrow(
    expect.objectContaining({ code: 'FL_USAGE' }),
  );
  const neededMs = (soakMinutes.most + 15) * 60_000;
  expect(defaultLimits.traces.maxAgeMs).toBeGreaterThanOrEqual(neededMs);
  expect(defaultLimits.logs.maxAgeMs).toBeGreaterThanOrEqual(neededMs);
  expect(defaultMetricLimits.retentionMs).toBeGreaterThanOrEqual(neededMs);
});
