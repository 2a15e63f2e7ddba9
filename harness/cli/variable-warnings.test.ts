import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { variableWarnings } from './variable-warnings.ts';

describe('a variable that nothing reads', () => {
  test('is told by name, with those that come near', () => {
    expect(variableWarnings({ FAULTLINE_PROMETHUES_URL: 'http://127.0.0.1:9090' })).toEqual([
      expect.stringMatching(/^the variable FAULTLINE_PROMETHUES_URL is set, and nothing reads it\. Did you mean FAULTLINE_PROMETHEUS_URL/),
    ]);
  });

  test('near-miss: what the harness or the system reads, and what is not ours, is not told', () => {
    const environment = { FAULTLINE_LOKI_TOKEN: 'x', FAULTLINE_K6: '/k6', FAULTLINE_PORT: '1', PATH: '/bin', FAULTLINE_GONE: undefined };
    expect(variableWarnings(environment)).toEqual([]);
  });

  test('every variable that the harness names in its sources is known', () => {
    const harness = join(import.meta.dirname, '..');
    const files = execFileSync(
      'git',
      ['grep', '-hoE', "environment\\['FAULTLINE_[A-Z0-9_]+'\\]|'FAULTLINE_[A-Z0-9_]+_PORT'", '--', '*.ts'],
      {
        cwd: harness,
        encoding: 'utf8',
      },
    );
    const names = [...new Set(files.match(/FAULTLINE_[A-Z0-9_]+/g))];
    expect(names.length).toBeGreaterThan(3);
    expect(variableWarnings(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
  });
});
