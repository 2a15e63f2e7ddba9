// Generated histories through our runner and the real promtool: what ours saw is what promtool must see. Skipped, and said so, where there is no promtool.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatFloat } from '../promql/float-text.ts';
import { formatLabels } from '../promql/labels.ts';
import { findPromtool } from './find-promtool.ts';
import { readRuleFile } from './reading/read-rule-file.ts';
import { readTestFile } from './testing-format/read-test-file.ts';
import type { Observation } from './testing-format/run-test-group.ts';
import { observeTestGroup } from './testing-format/run-test-group.ts';

const promtool = findPromtool(process.env);
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

type History = {
  readonly forSeconds: number;
  readonly keepSeconds: number;
  readonly values: readonly (readonly string[])[];
  readonly templates: readonly string[];
};

const templates = [
  '{{ $value }} {{ $labels.job }} {{ $labels.none }}',
  '{{ humanize $value }} {{ humanize1024 $value }} {{ humanizePercentage $value }}',
  '{{ if lt $value 1e9 }}{{ humanizeDuration $value }} {{ $value | humanizeTimestamp }}{{ end }}',
  '{{ printf "%.0f %.1f %.2f %.3g %e %g %v" $value $value $value $value $value $value $value }}',
  '{{ printf "%5.1f|%-8.2f|%08.3f|%+.1f" $value $value $value $value }}',
  '{{ if gt $value 3.0 }}high{{ else if eq $value 2.0 }}two{{ else }}low{{ end }}{{ with $labels.job }} {{ . | toUpper | title }}{{ end }}',
  '{{ range query "m > 0" | sortByLabel "job" }}{{ .Labels.job }}={{ .Value }} {{ end }}{{ now }}',
  '{{ $labels }} {{ len $labels }} {{ index $labels "job" }} {{ print 1 2 "a" }} {{ stripPort "a.b:80" }}',
  '{{ $x := $value }}{{ $x }} {{ gt $value 1.0 | not }} {{ and $labels.job "x" }} {{ or "" "y" }} {{ reReplaceAll "([a-z])" "<$1>" $labels.job }}',
];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('0', '1', '2', '3.5', '0.125', '-1') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('_', 'stale', 'NaN', '+Inf', '1234567.5', '1e-7', '0.0001', '12345678', '2.5', '90061', '59.9996', '1e21'),
  },
);

const history: fc.Arbitrary<History> = fc.record({
  forSeconds: fc.constantFrom(0, 15, 30, 60),
  keepSeconds: fc.constantFrom(0, 15, 45),
  values: fc.array(fc.array(value, { minLength: 4, maxLength: 20 }), { minLength: 1, maxLength: 3 }),
  templates: fc.shuffledSubarray(templates, { minLength: 1, maxLength: 4 }),
});

const rulesOf = ({ forSeconds, keepSeconds, templates: texts }: History): string =>
  JSON.stringify({
    groups: [
      {
        name: 'g',
        rules: [
          { record: 'm:max', expr: 'max by (job) (m)', labels: { kind: 'max' } },
          {
            alert: 'A',
            expr: 'm:max > 0.5',
            for: `${forSeconds}s`,
            keep_firing_for: `${keepSeconds}s`,
            labels: { size: '{{ if gt $value 2.0 }}big{{ else }}small{{ end }}' },
            annotations: Object.fromEntries(texts.map((text, index) => [`a${index}`, text])),
          },
        ],
      },
    ],
  });

const expressions = [
  'ALERTS',
  'ALERTS_FOR_STATE',
  'm:max',
  'count_over_time(ALERTS{alertstate="firing"}[1m])',
  'sum by (alertstate) (ALERTS)',
];

type Expected = { readonly alerts: unknown[]; readonly samples: unknown[] };

const testsOf = ({ values }: History, { alerts, samples }: Expected): string =>
  JSON.stringify({
    rule_files: ['rules.yml'],
    evaluation_interval: '15s',
    tests: [
      {
        interval: '15s',
        input_series: values.map((each, index) => ({ series: `m{job="j${index}"}`, values: each.join(' ') })),
        alert_rule_test: alerts,
        promql_expr_test: samples,
      },
    ],
  });

const times = Array.from({ length: 22 }, (_, index) => `${index * 15}s`);

const asked: Expected = {
  alerts: times.map((eval_time) => ({ eval_time, alertname: 'A' })),
  samples: times.flatMap((eval_time) => expressions.map((expr) => ({ eval_time, expr }))),
};

const seconds = (milliseconds: number): string => `${milliseconds / 1000}s`;

const seen = (observations: readonly Observation[]): Expected => ({
  alerts: observations.flatMap((each) =>
    each.kind === 'alerts'
      ? [
          {
            eval_time: seconds(each.test.evalTimeMs),
            alertname: 'A',
            exp_alerts: each.got.map(({ labels, annotations }) => ({ exp_labels: labels, exp_annotations: annotations })),
          },
        ]
      : [],
  ),
  samples: observations.flatMap((each) =>
    // NaN is equal to nothing, and infinity is no number of JSON's.
    each.kind === 'samples' && each.got.every((sample) => Number.isFinite(sample.value))
      ? [
          {
            eval_time: seconds(each.test.evalTimeMs),
            expr: each.test.expression,
            exp_samples: each.got.map((sample) => ({ labels: formatLabels(sample.labels), value: Number(formatFloat(sample.value)) })),
          },
        ]
      : [],
  ),
});

describe.skipIf(promtool === null)('the real promtool (set PROMTOOL, or have it on PATH)', () => {
  test('sees the very alerts, annotations and samples in generated histories', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (one) => {
        const { file, problems } = readTestFile(testsOf(one, asked));
        const { groups, problems: ruleProblems } = readRuleFile('rules.yml', rulesOf(one));
        expect([...problems, ...ruleProblems]).toEqual([]);
        const observations = observeTestGroup(file, file.tests[0]!, groups);
        expect(observations.filter(({ kind }) => kind === 'failed')).toEqual([]);
        await writeFile(join(folder, 'rules.yml'), rulesOf(one));
        await writeFile(join(folder, 'test.yml'), testsOf(one, seen(observations)));
        const outcome = await run(promtool!, ['test', 'rules', join(folder, 'test.yml')]).then(
          () => 'agrees',
          (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
        );
        expect(outcome).toBe('agrees');
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
