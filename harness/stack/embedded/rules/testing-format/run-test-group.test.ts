import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLabels } from '../../promql/labels.ts';
import { readRuleFile } from '../reading/read-rule-file.ts';
import { failureText } from './failure-text.ts';
import { NotationError, parseMetric } from './parse-metric.ts';
import { parseSeriesValues } from './parse-values.ts';
import { readTestFile } from './read-test-file.ts';
import { runTestGroup } from './run-test-group.ts';

const { groups } = readRuleFile(
  'rules.yml',
  `groups: [{ name: g, rules: [{ alert: Slow, expr: latency > 1, for: 1m, annotations: { summary: 'took {{ $value }}s' } }] }]`,
);

const run = (source: string): readonly string[] => {
  const { file, problems } = readTestFile(source);
  expect(problems).toEqual([]);
  return file.tests.flatMap((test) => runTestGroup(file, test, groups)).map(failureText);
};

const slow = `tests: [{ name: slow, input_series: [{ series: 'latency{job="a"}', values: '2x5' }], `;

describe('a test that fails', () => {
  it('says which, at what time, what was expected and what was there', () => {
    const source = `${slow} alert_rule_test: [{ eval_time: 1m30s, alertname: Slow }, { eval_time: 30s, alertname: Slow, exp_alerts: [{ exp_labels: { job: a } }] }] }]`;
    expect(run(source)).toEqual([
      'slow, at 30s: alert Slow\n  expected\n    labels {alertname="Slow", job="a"} annotations {}\n  got nothing',
      'slow, at 1m30s: alert Slow\n  expected nothing\n  got\n    labels {alertname="Slow", job="a"} annotations {summary="took 2s"}',
    ]);
  });

  it('says so for an expression, and why one could not be evaluated', () => {
    const source = `${slow} promql_expr_test: [{ expr: latency, eval_time: 0s, exp_samples: [{ labels: latency, value: 2 }] }, { expr: 'latency[1m]' }] }]`;
    expect(run(source)).toEqual([
      'slow, at 0s: expression latency\n  expected\n    {__name__="latency"} 2\n  got\n    {__name__="latency", job="a"} 2',
      'slow, at 0s: expression latency[1m] failed: rule result is not a vector or scalar',
    ]);
  });

  it('ends at the first rule that fails', () => {
    const { file } = readTestFile(
      `tests: [{ name: x, input_series: [{ series: a, values: '1 1' }], promql_expr_test: [{ expr: a, eval_time: 5m }] }]`,
    );
    const broken = readRuleFile('r.yml', `groups: [{ name: g, rules: [{ record: r, expr: "'text'" }] }]`).groups;
    expect(runTestGroup(file, file.tests[0]!, broken).map(failureText)).toEqual([
      'x, at 0s: rule r failed: rule result is not a vector or scalar',
    ]);
  });
});

describe('the notation of series', () => {
  it.each([
    ['1 2 _ stale', [1, 2, null, 'stale']],
    ['0+10x3', [0, 10, 20, 30]],
    ['5-2x2', [5, 3, 1]],
    ['-1-1x1', [-1, -2]],
    ['7x2', [7, 7, 7]],
    ['_x3 1', [null, null, null, 1]],
    ['1e3 .5 Inf -inf', [1000, 0.5, Infinity, -Infinity]],
    ['', []],
  ])('%s', (text, values) => {
    expect(parseSeriesValues(text)).toEqual(values);
  });

  it('refuses what is none, and counts without end', () => {
    for (const text of ['x', '1+x2', 'NaNx2', '0+1x1000000', '{{schema:0}}', '1,2'])
      expect(() => parseSeriesValues(text)).toThrow(NotationError);
  });

  it('reads a metric back from its text', () => {
    const label = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), fc.string({ unit: 'grapheme', maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(label, { maxLength: 4 }), (pairs) => {
        const text = `{${pairs.map(([name, value]) => `${JSON.stringify(name)}=${JSON.stringify(value)}`).join(', ')}}`;
        const labels = parseMetric(text);
        expect(parseMetric(formatLabels(labels))).toEqual(labels);
      }),
      { numRuns: 200 },
    );
  });
});

it('says all that is wrong with a file of tests at once', () => {
  const { problems } = readTestFile(`rule_file: []
tests:
  - input_series:
      - { series: 'a{', values: '1 x' }
    alert_rule_test: [{ eval_time: soon }]
    promql_expr_test: [{ expr: a, exp_samples: [{ value: text }] }]
`);
  expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    expect.stringMatching(/^1: unknown field "rule_file" in a file of rule tests/),
    expect.stringMatching(/^4: test 1: input_series 1: "a\{": expected a label name or \} at character 3, found the end/),
    expect.stringMatching(/^4: test 1: input_series 1: "x" is no value/),
    '5: test 1: alert_rule_test 1 has no alertname',
    expect.stringMatching(/^5: test 1: alert_rule_test 1\.eval_time must be a duration such as .*, not "soon"$/),
    expect.stringMatching(/^6: test 1: promql_expr_test 1: exp_samples 1\.value must be a number, not "text"$/),
  ]);
});
