import { describe, expect, it } from 'vitest';
import { queriesOf } from './queries-of.ts';
import { readDashboard } from './read-dashboard.ts';
import { minimalDashboard, minimalPanel, prometheus } from './testing.ts';

const at = { fromMs: 0, toMs: 60_000, stepSeconds: 1, timeIntervalSeconds: 1 };
const lane = { name: 'lane', type: 'query', datasource: prometheus, query: 'label_values(up, lane)', multi: true, includeAll: true };

const dashboard = (changes: Readonly<Record<string, unknown>>, ...variables: readonly unknown[]) =>
  readDashboard(minimalDashboard({ panels: [minimalPanel(changes)], templating: { list: variables } }));

const expressions = (...given: Parameters<typeof queriesOf>): readonly string[] => queriesOf(...given).map(({ expr }) => expr);

describe('queriesOf', () => {
  it('gives each query of each panel with its variables filled in, once for each way it is asked', () => {
    const targets = [
      { refId: 'A', expr: 'rate(x_total{lane=~"$lane"}[$__rate_interval])', instant: true, range: true },
      { refId: 'B', expr: 'up', hide: true },
      { refId: 'C', datasource: { type: 'loki', uid: 'l' }, expr: '{a="b"} |= "$lane"' },
    ];
    const asked = { panel: 'Lag', panelId: 1, dashboard: 'd', stepSeconds: 1 };
    expect(queriesOf(dashboard({ targets }, { ...lane, allValue: '.*' }), { ...at, variables: {} })).toEqual([
      { ...asked, refId: 'A', datasource: 'prometheus', expr: 'rate(x_total{lane=~".*"}[4s])', kind: 'instant' },
      { ...asked, refId: 'A', datasource: 'prometheus', expr: 'rate(x_total{lane=~".*"}[4s])', kind: 'range' },
      { ...asked, refId: 'C', datasource: 'loki', expr: '{a="b"} |= ".*"', kind: 'range' },
    ]);
  });

  it('looks into collapsed rows, and at annotations', () => {
    const queries = queriesOf(
      readDashboard(
        minimalDashboard({
          panels: [{ type: 'row', id: 9, title: 'Row', collapsed: true, panels: [minimalPanel()], gridPos: { x: 0, y: 0, w: 24, h: 1 } }],
          annotations: { list: [{ name: 'Faults', datasource: prometheus, enable: true, expr: 'fault_active > 0', iconColor: 'red' }] },
        }),
      ),
      { ...at, variables: {} },
    );
    expect(queries.map(({ panel, panelId, expr }) => [panel, panelId, expr])).toEqual([
      ['Lag', 1, 'up'],
      ['annotation Faults', null, 'fault_active > 0'],
    ]);
  });

  it('takes a chosen value before the saved one, and the saved one before the first option', () => {
    const target = { targets: [{ refId: 'A', expr: '$q' }] };
    const custom = { name: 'q', type: 'custom', query: '0.5,0.99' };
    expect(expressions(dashboard(target, custom), { ...at, variables: {} })).toEqual(['0.5']);
    const saved = dashboard(target, { ...custom, current: { value: '0.99' } });
    expect(expressions(saved, { ...at, variables: {} })).toEqual(['0.99']);
    expect(expressions(saved, { ...at, variables: { q: '0.9' } })).toEqual(['0.9']);
  });

  it('spells All out as the options that there are, where the dashboard has no value for it', () => {
    const target = { targets: [{ refId: 'A', expr: 'up{lane=~"$lane"}' }] };
    const options = new Map([['lane', ['1', '2']]]);
    expect(expressions(dashboard(target, lane), { ...at, variables: {}, options })).toEqual(['up{lane=~"(1|2)"}']);
    expect(expressions(dashboard(target, lane), { ...at, variables: { lane: ['2'] }, options })).toEqual(['up{lane=~"2"}']);
  });

  it('refuses, with its place, a query whose variable has no value', () => {
    const target = { targets: [{ refId: 'A', expr: 'up{lane=~"$lane"}' }] };
    expect(() => queriesOf(dashboard(target, lane), { ...at, variables: {} })).toThrow(
      'd › Lag › A: $lane has no value: none is chosen, and there is none to choose from',
    );
  });

  it('refuses a choice for a variable that the dashboard has not', () => {
    expect(() => queriesOf(dashboard({}, lane), { ...at, variables: { lnae: '1' } })).toThrow('d: has no variable lnae (lane)');
  });

  it('lets a query ask for a coarser step, which then stands for the scrape interval too', () => {
    const targets = [{ refId: 'A', expr: 'rate(x[$__rate_interval])', interval: '5s' }];
    expect(queriesOf(dashboard({ targets }), { ...at, variables: {} })).toMatchObject([{ expr: 'rate(x[20s])', stepSeconds: 5 }]);
  });

  it('divides the range by an automatic interval', () => {
    const window = {
      name: 'w',
      type: 'interval',
      query: '1m',
      auto: true,
      auto_count: 30,
      auto_min: '1s',
      current: { value: '$__auto_interval_w' },
    };
    const targets = [{ refId: 'A', expr: 'rate(x[$w])' }];
    expect(expressions(dashboard({ targets }, window), { ...at, toMs: 900_000, variables: {} })).toEqual(['rate(x[30s])']);
  });
});
