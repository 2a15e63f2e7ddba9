import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { withRules } from './prometheus-config.ts';

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
