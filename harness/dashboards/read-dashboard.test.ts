import { describe, expect, it } from 'vitest';
import { panelsOf } from './dashboard.ts';
import { DashboardRefused } from './dashboard-refused.ts';
import { readDashboard } from './read-dashboard.ts';
import { minimalDashboard, minimalPanel, prometheus } from './testing.ts';

const problemsOf = (json: unknown): readonly string[] => {
  try {
    readDashboard(json);
    return [];
  } catch (error) {
    if (error instanceof DashboardRefused) return error.problems.map(({ place, message }) => `${place}: ${message}`);
    throw error;
  }
};

const withPanel = (changes: Readonly<Record<string, unknown>>) => minimalDashboard({ panels: [minimalPanel(changes)] });

describe('readDashboard', () => {
  it('reads a panel with its place, unit, thresholds, mappings, overrides, queries and links', () => {
    const [panel] = panelsOf(
      readDashboard(
        withPanel({
          description: 'Is anybody hurt?',
          fieldConfig: {
            defaults: {
              unit: 's',
              decimals: 2,
              thresholds: {
                mode: 'absolute',
                steps: [
                  { value: null, color: 'green' },
                  { value: 0.5, color: 'red' },
                ],
              },
              mappings: [{ type: 'value', options: { '0': { text: 'none', color: 'green', index: 0 } } }],
              custom: { fillOpacity: 10, stacking: { mode: 'normal', group: 'A' } },
              links: [{ title: 'trace', url: '/trace/${__value.text}' }],
            },
            overrides: [
              {
                matcher: { id: 'byName', options: 'p99' },
                properties: [
                  { id: 'unit', value: 'ms' },
                  { id: 'custom.lineWidth', value: 3 },
                ],
              },
            ],
          },
          links: [{ title: 'Runbook', url: '/runbooks/lag' }],
        }),
      ),
    );
    expect(panel).toMatchObject({
      title: 'Lag',
      description: 'Is anybody hurt?',
      position: { x: 0, y: 0, width: 12, height: 8 },
      view: { type: 'timeseries', legend: { mode: 'list', calcs: ['lastNotNull', 'max'] } },
      targets: [{ refId: 'A', datasource: 'prometheus', datasourceUid: 'prom', expr: 'up', kinds: ['range'], legendFormat: '{{lane}}' }],
      defaults: {
        unit: 's',
        decimals: 2,
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: null, color: 'green' },
            { value: 0.5, color: 'red' },
          ],
        },
        mappings: [{ type: 'value', results: { '0': { text: 'none', color: 'green' } } }],
        style: { fillOpacity: 10, stacking: { mode: 'normal', group: 'A' } },
      },
      overrides: [{ matcher: { by: 'name', wanted: 'p99' }, config: { unit: 'ms', style: { lineWidth: 3 } } }],
      links: [{ title: 'Runbook', url: '/runbooks/lag' }],
    });
  });

  it('leaves out of an override what the override does not say', () => {
    const overrides = [{ matcher: { id: 'byName', options: 'x' }, properties: [{ id: 'decimals', value: 1 }] }];
    const [panel] = panelsOf(readDashboard(withPanel({ fieldConfig: { defaults: {}, overrides } })));
    expect(panel?.overrides[0]?.config).toEqual({ decimals: 1, style: {} });
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a type of panel', { type: 'heatmap' }, 'd › panel 1 "Lag".type: "heatmap" is no type of panel that is understood'],
    ['a field of a panel', { repeat: 'lane' }, 'd › panel 1 "Lag".repeat: is not understood'],
    [
      'a unit',
      { fieldConfig: { defaults: { unit: 'furlong' } } },
      'd › panel 1 "Lag".fieldConfig.defaults.unit: "furlong" is no unit that is understood',
    ],
    [
      'a transformation',
      { transformations: [{ id: 'reduce', options: {} }] },
      'd › panel 1 "Lag".transformations[0].id: "reduce" is no transformation',
    ],
    ['a calculation', { options: { legend: { calcs: ['p95'] } } }, 'd › panel 1 "Lag".options.legend.calcs: "p95" is no calculation'],
    [
      'a datasource',
      { targets: [{ refId: 'A', datasource: { type: 'mysql', uid: 'x' }, expr: '1' }] },
      'd › panel 1 "Lag".targets[0].datasource: is of type "mysql"',
    ],
    [
      'a matcher',
      { fieldConfig: { defaults: {}, overrides: [{ matcher: { id: 'byValue' }, properties: [] }] } },
      'd › panel 1 "Lag".fieldConfig.overrides[0].matcher.id: "byValue" is no matcher',
    ],
    [
      'a property of an override',
      { fieldConfig: { overrides: [{ matcher: { id: 'byName', options: 'a' }, properties: [{ id: 'custom.sparkle', value: 1 }] }] } },
      'd › panel 1 "Lag".fieldConfig.overrides[0].properties.custom.sparkle: is not understood',
    ],
    ['an empty query', { targets: [{ refId: 'A', expr: ' ' }] }, 'd › panel 1 "Lag".targets[0].expr: is empty'],
    [
      'a regular expression',
      { fieldConfig: { defaults: { mappings: [{ type: 'regex', options: { pattern: '(', result: {} } }] } } },
      'd › panel 1 "Lag".fieldConfig.defaults.mappings[0].options.pattern: is no regular expression',
    ],
  ])('refuses %s that it does not understand, with its place', (_what, changes, expected) => {
    const problems = problemsOf(withPanel(changes));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('accepts null for what is not set, as Grafana writes it', () => {
    expect(problemsOf(withPanel({ repeat: null, fieldConfig: { defaults: { unit: null, links: null }, overrides: [] } }))).toEqual([]);
  });

  it('tells all problems at once, those of variables and annotations too', () => {
    const json = minimalDashboard({
      schemaVersion: 12,
      time: { from: 'yesterday', to: 'now' },
      panels: [minimalPanel({ type: 'news' }), minimalPanel({ id: 2, title: 'Two', timeShift: '1h' })],
      templating: {
        list: [
          { name: 'x', type: 'query', datasource: prometheus, query: 'metrics(.*)' },
          { name: 'y', type: 'adhoc' },
        ],
      },
      annotations: { list: [{ name: 'Faults', datasource: { type: 'grafana', uid: '-- Grafana --' }, enable: true }] },
    });
    expect(problemsOf(json)).toEqual(
      [
        'd › schemaVersion: is 12; the classic schema is understood from 36 on',
        'd › time.from: "yesterday" is no time that is understood (now, now-15m, RFC 3339, milliseconds)',
        expect.stringMatching(/^d › panel 1 "Lag"\.type: "news"/),
        'd › panel 2 "Two".timeShift: is not understood',
        'd › variable x.query: "metrics(.*)" is no query of a variable that is understood; write label_values(selector, label)',
        expect.stringMatching(/^d › variable y\.type: is "adhoc", must be one of query/),
        expect.stringMatching(/^d › annotation "Faults"\.target\.datasource: is of type "grafana"/),
      ]
        .filter((line) => typeof line !== 'string' || true)
        .slice(0, 7),
    );
  });

  it.each([null, 3, 'x', [], {}])('refuses %j, which is no dashboard', (json) => {
    expect(problemsOf(json).length).toBeGreaterThan(0);
  });

  it('puts panels under their rows: those inside a collapsed one, those that follow an open one', () => {
    const grid = (y: number) => ({ x: 0, y, w: 24, h: 1 });
    const { sections } = readDashboard(
      minimalDashboard({
        panels: [
          { type: 'row', id: 10, title: 'Open', collapsed: false, panels: [], gridPos: grid(8) },
          minimalPanel({ id: 1, title: 'top' }),
          minimalPanel({ id: 2, title: 'under', gridPos: grid(9) }),
          {
            type: 'row',
            id: 11,
            title: 'Shut',
            collapsed: true,
            panels: [minimalPanel({ id: 3, title: 'inside', gridPos: grid(21) })],
            gridPos: grid(20),
          },
        ],
      }),
    );
    expect(sections.map(({ title, collapsed, panels }) => [title, collapsed, panels.map((panel) => panel.title)])).toEqual([
      [null, false, ['top']],
      ['Open', false, ['under']],
      ['Shut', true, ['inside']],
    ]);
  });

  it('reads how each datasource is asked', () => {
    const tempo = { type: 'tempo', uid: 'tempo' };
    const loki = { type: 'loki', uid: 'loki' };
    const targets = [
      { refId: 'A', expr: 'up', instant: true, range: true },
      { refId: 'B', expr: 'up', instant: true, format: 'table' },
      { refId: 'C', datasource: loki, expr: '{a="b"}', queryType: 'range', maxLines: 50 },
      { refId: 'D', datasource: loki, expr: 'rate({a="b"}[1m])', queryType: 'instant' },
      { refId: 'E', datasource: tempo, queryType: 'traceql', query: '{ name = "| rate()" }', limit: 20, tableType: 'spans' },
      { refId: 'F', datasource: tempo, queryType: 'traceql', query: '{} | rate() by (name)' },
      { refId: 'G', datasource: tempo, queryType: 'traceql', query: '0123456789abcdef0123456789abcdef' },
    ];
    const [panel] = panelsOf(readDashboard(withPanel({ targets })));
    expect(panel?.targets.map(({ refId, datasource, kinds, limit }) => [refId, datasource, kinds, limit])).toEqual([
      ['A', 'prometheus', ['instant', 'range'], undefined],
      ['B', 'prometheus', ['instant'], undefined],
      ['C', 'loki', ['range'], 50],
      ['D', 'loki', ['instant'], undefined],
      ['E', 'tempo', ['search'], 20],
      ['F', 'tempo', ['range'], undefined],
      ['G', 'tempo', ['trace'], undefined],
    ]);
  });

  it('reads the variables of each type', () => {
    const { variables } = readDashboard(
      minimalDashboard({
        templating: {
          list: [
            {
              name: 'lane',
              type: 'query',
              datasource: prometheus,
              query: 'label_values(up{job=~"$job"}, lane)',
              multi: true,
              includeAll: true,
              allValue: '.*',
              sort: 3,
              refresh: 2,
            },
            { name: 'job', type: 'query', datasource: prometheus, query: { qryType: 1, query: 'label_values(job)', refId: 'x' } },
            {
              name: 'service',
              type: 'query',
              datasource: { type: 'loki', uid: 'loki' },
              query: { type: 1, label: 'service_name', stream: '', refId: 'x' },
            },
            { name: 'quantile', type: 'custom', query: 'median : 0.5, 0.99,a\\,b', current: { text: '0.99', value: '0.99' } },
            { name: 'fixed', type: 'constant', query: 'x' },
            { name: 'free', type: 'textbox', query: 'y' },
            { name: 'window', type: 'interval', query: '1m,5m', auto: true, auto_count: 10, auto_min: '5s' },
          ],
        },
      }),
    );
    expect(variables.map(({ name, source, hidden, allValue }) => ({ name, hidden, allValue, ...source }))).toMatchObject([
      { name: 'lane', type: 'query', query: { selector: 'up{job=~"$job"}', label: 'lane' }, refreshOnTimeRange: true, allValue: '.*' },
      { name: 'job', query: { label: 'job' } },
      { name: 'service', query: { datasource: 'loki', label: 'service_name' } },
      {
        name: 'quantile',
        options: [
          { text: 'median', value: '0.5' },
          { text: '0.99', value: '0.99' },
          { text: 'a,b', value: 'a,b' },
        ],
      },
      { name: 'fixed', type: 'constant', value: 'x', hidden: true },
      { name: 'free', type: 'textbox', value: 'y', hidden: false },
      { name: 'window', type: 'interval', auto: { steps: 10, leastText: '5s' } },
    ]);
  });
});
