import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rulesCommand } from './rules-command.ts';

let folder: string;
const path = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  writeFileSync(path('good.rules.yml'), 'groups: [{ name: g, rules: [{ alert: Up, expr: up > 0 }, { alert: Up, expr: up > 1 }] }]');
  writeFileSync(path('bad.rules.yml'), 'groups: [{ name: g, rules: [{ alert: Up, expr: up > }] }]');
  const test1 = `tests: [{ name: one, input_series: [{ series: up, values: '1' }], alert_rule_test: [{ alertname: Up`;
  writeFileSync(path('good.test.yml'), `rule_files: [good.rules.yml]\n${test1}, exp_alerts: [{}] }] }]`);
  writeFileSync(path('bad.test.yml'), `rule_files: ['good.r*.yml']\n${test1} }] }]`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = async (...parameters: string[]): Promise<readonly [number, string]> => {
  let output = '';
  const code = await rulesCommand(parameters, { stdout: { write: (text) => (output += text) } });
  return [code, output.replaceAll(`${folder}/`, '')];
};

test('check says of each file whether it is right, and of the wrong one why', async () => {
  expect(await run('check', path('*.rules.yml'))).toEqual([
    1,
    `FAILED bad.rules.yml
  bad.rules.yml:1:48: group "g", rule 1, "Up": could not parse expression: 1:5: parse error: unexpected end of input
ok     good.rules.yml: 2 rules in 1 group
  warning: good.rules.yml:1:1: 2 rules are Up{}: their series may collide; tell them apart by a label
`,
  ]);
  expect(await run('check', path('good.rules.yml'))).toEqual([0, expect.any(String)]);
  expect(await run('check', '--lint-fatal', path('good.rules.yml'))).toEqual([1, expect.any(String)]);
});

test('runs the tests of a file, and says which failed, when and how', async () => {
  expect(await run('test', path('good.test.yml'))).toEqual([0, 'ok     good.test.yml: 1 test\n']);
  expect(await run('test', path('bad.test.yml'))).toEqual([
    1,
    `FAILED bad.test.yml
  one, at 0s: alert Up
    expected nothing
    got
      labels {alertname="Up"} annotations {}
`,
  ]);
});

test('files that are not there, and command lines that say nothing, are no success', async () => {
  expect(await run('check', path('none.yml'))).toEqual([1, expect.stringContaining('cannot be read: ENOENT')]);
  expect(await run('check', path('*.none'))).toEqual([1, expect.stringContaining('no file matches')]);
  await expect(run('lint', path('good.rules.yml'))).rejects.toMatchObject({ code: 'FL_USAGE' });
  await expect(run('check')).rejects.toMatchObject({ code: 'FL_USAGE' });
  await expect(run('check', '--nope', 'x')).rejects.toThrow('unknown option --nope');
});
