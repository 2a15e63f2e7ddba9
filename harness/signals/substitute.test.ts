import { expect, test } from 'vitest';
import { phaseDuration, substitute } from './substitute.ts';

const scope = { runId: '2026-x', scenario: 'spike' };

test('$run becomes the matchers of the run and $phase its length', () => {
  expect(substitute('sum(rate(a{$run,b="c"}[$phase])) / sum(rate(d{$run}[$phase]))', scope, '5000ms')).toBe(
    'sum(rate(a{faultline_run="2026-x",faultline_scenario="spike",b="c"}[5000ms])) / sum(rate(d{faultline_run="2026-x",faultline_scenario="spike"}[5000ms]))',
  );
});

test('a name with quotes or dollars can not break out of its matcher', () => {
  expect(substitute('a{$run}', { runId: 'x"} or b{c="$&', scenario: '\\' }, '1s')).toBe(
    String.raw`a{faultline_run="x\"} or b{c=\"$&",faultline_scenario="\\"}`,
  );
});

test('another name that begins with $run is left alone', () => {
  expect(substitute('$runs $phases', scope, '1s')).toBe('$runs $phases');
});

test('a phase is at least two export intervals long', () => {
  expect([phaseDuration(500, 1_000), phaseDuration(5_000.4, 1_000)]).toEqual(['2000ms', '5000ms']);
});
