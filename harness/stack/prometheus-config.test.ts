import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { rulesFrom, ruleNames, withRules } from './prometheus-config.ts';

const original = readFileSync(new URL('../../grafana/prometheus/prometheus.yml', import.meta.url), 'utf8');

test("a run's copy has the run's rules and interval, and everything else as it stands", () => {
  const before = parse(original) as Record<string, unknown>;
  const after = parse(withRules(original, ['0-run.rules.yml'], 1)) as Record<string, unknown>;
  expect(after).toEqual({ ...before, global: { evaluation_interval: '1s' }, rule_files: ['0-run.rules.yml'] });
  expect(before['rule_files']).not.toEqual(after['rule_files']);
});

test('a run without rules loads none, also not those for production', () => {
  expect(parse(withRules(original, [], 5))).toMatchObject({ global: { evaluation_interval: '5s' }, rule_files: [] });
});

test('rules of a run are named beside the configuration; literally, and by their whole path where that would be a pattern', () => {
  expect(ruleNames(['/x/run.rules.yml', '/y/a[1].yml'], '/runs/r1')).toEqual([
    { copy: '0-run.rules.yml', pattern: '0-run.rules.yml' },
    { copy: '1-a[1].yml', pattern: String.raw`1-a\[1].yml` },
  ]);
  expect(ruleNames(['/x/run.rules.yml'], '/[work]/r*1')).toEqual([
    { copy: '0-run.rules.yml', pattern: String.raw`/\[work]/r\*1/0-run.rules.yml` },
  ]);
});

test('a copy of the configuration of production finds its rules where they are', () => {
  const patterns = ['../alerts/production*.rules.yml', '/elsewhere/[ab].yml'];
  const configuration = withRules(original, patterns, 15);
  expect(parse(rulesFrom(configuration, '/[work]/grafana/prometheus'))).toEqual({
    ...(parse(configuration) as object),
    rule_files: [String.raw`/\[work]/grafana/alerts/production*.rules.yml`, '/elsewhere/[ab].yml'],
  });
});
