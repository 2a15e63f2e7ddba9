import { describe, expect, it } from 'vitest';
import { problemText } from './problem.ts';
import { readRuleFile } from './read-rule-file.ts';

const problemsOf = (source: string): readonly string[] => {
  const { groups, problems } = readRuleFile('a.yml', source);
  expect(groups).toEqual([]);
  return problems.map((problem) => problemText('a.yml', problem));
};

describe('a rule file', () => {
  it('is read with its groups in order, the labels of a group below those of its rules', () => {
    const source = `
groups:
  - name: first
    interval: 15s
    query_offset: 1m30s
    limit: 10
    labels: { team: storage, severity: ticket }
    rules:
      - alert: Slow
        expr: |
          latency
            > 1
        for: 5m
        keep_firing_for: 0
        labels: { severity: page, number: 7 }
        annotations: { summary: 'slow: {{ $value }}' }
  - name: second
    rules:
      - record: job:x:sum
        expr: 1
`;
    expect(readRuleFile('a.yml', source)).toEqual({
      problems: [],
      warnings: [],
      groups: [
        {
          name: 'first',
          file: 'a.yml',
          intervalMs: 15_000,
          queryOffsetMs: 90_000,
          limit: 10,
          rules: [
            {
              kind: 'alerting',
              name: 'Slow',
              expression: 'latency\n  > 1\n',
              forMs: 300_000,
              keepFiringForMs: 0,
              labels: { team: 'storage', severity: 'page', number: '7' },
              annotations: { summary: 'slow: {{ $value }}' },
            },
          ],
        },
        {
          name: 'second',
          file: 'a.yml',
          intervalMs: null,
          queryOffsetMs: 0,
          limit: 0,
          rules: [{ kind: 'recording', name: 'job:x:sum', expression: '1', labels: {} }],
        },
      ],
    });
  });

  it('may be empty, and may use anchors and merge keys', () => {
    for (const source of ['', '# nothing\n', 'groups:\n', 'groups: []\n']) expect(readRuleFile('a.yml', source).problems).toEqual([]);
    const source = `
groups:
  - name: g
    rules:
      - &rule { alert: A, expr: up, labels: &labels { severity: page } }
      - { <<: *rule, alert: B }
      - { alert: C, expr: up, labels: *labels }
`;
    expect(readRuleFile('a.yml', source).groups[0]!.rules).toMatchObject([
      { name: 'A' },
      { name: 'B', expression: 'up', labels: { severity: 'page' } },
      { name: 'C', labels: { severity: 'page' } },
    ]);
  });

  it('says all that is wrong at once, each with its place', () => {
    const source = `groups:
  - name: g
    interval: often
    rules:
      - alert: A
        expr: up +
        annotations: { summary: '{{ nope }}' }
      - record: r
        alert: B
        expr: up
        exp: up
      - expr: up
      - record: a{b}
        expr: ''
        for: 1m
        labels: { __name__: x }
  - name: g
    rules: {}
`;
    expect(problemsOf(source)).toEqual([
      expect.stringMatching(/^a\.yml:3:15: group "g": interval must be a duration such as .*, not "often"$/),
      expect.stringMatching(/^a\.yml:6:15: group "g", rule 1, "A": could not parse expression: 1:5: parse error: /),
      expect.stringMatching(/^a\.yml:7:22: group "g", rule 1, "A": annotation "summary": template 1:4: function "nope" not defined$/),
      expect.stringMatching(/^a\.yml:11:9: unknown field "exp" in group "g", rule 2: a rule; known are record, alert, expr, /),
      `a.yml:8:17: group "g", rule 2, "B": only one of 'record' and 'alert' must be set`,
      `a.yml:12:9: group "g", rule 3, "": one of 'record' or 'alert' must be set`,
      `a.yml:14:15: group "g", rule 4, "a{b}": field 'expr' must be set in rule`,
      `a.yml:15:14: group "g", rule 4, "a{b}": invalid field 'for' in recording rule`,
      expect.stringMatching(/^a\.yml:13:17: .*: braces in the name of a recording rule: a\{b\}; do they belong to expr\?$/),
      `a.yml:16:17: group "g", rule 4, "a{b}": invalid label name "__name__"`,
      'a.yml:17:5: group "g": there is another group of this name in the file',
      'a.yml:18:12: group "g": rules must be a list, not a mapping',
    ]);
  });

  it.each([
    ['no YAML', 'groups: [', /^a\.yml:1:\d+: /],
    ['a key twice', 'groups: []\ngroups: []\n', /^a\.yml:2:1: Map keys must be unique/],
    ['a list', '- groups', /a rule file must be a mapping, not a list/],
    ['an unknown field', 'group: []', /unknown field "group" in a rule file; known are groups/],
    ['a group without a name', 'groups: [{ rules: [] }]', /a group has no name: give it one/],
    ['a text for a limit', 'groups: [{ name: g, limit: many }]', /limit must be a number, not "many"/],
    [
      'a mapping for a label',
      'groups: [{ name: g, rules: [{ record: r, expr: up, labels: { a: {} } }] }]',
      /labels\.a must be text, not a mapping/,
    ],
    ['a fraction for a duration', 'groups: [{ name: g, interval: 1.5m }]', /interval must be a duration/],
  ])('refuses %s', (_, source, why) => {
    expect(problemsOf(source).join('\n')).toMatch(why);
  });

  it('warns of rules that write the same series, and of documents that nobody reads', () => {
    const source = `
groups:
  - name: g
    rules: [{ record: r, expr: up }, { record: r, expr: down }, { record: r, expr: up, labels: { a: b } }]
---
groups: []
`;
    expect(readRuleFile('a.yml', source).warnings.map(({ message }) => message)).toEqual([
      'the file has several documents: the first alone is read',
      '2 rules are r{}: their series may collide; tell them apart by a label',
    ]);
  });
});
