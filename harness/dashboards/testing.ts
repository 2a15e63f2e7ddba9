// The smallest dashboard and panel that are understood, for tests to change.

export const prometheus = { type: 'prometheus', uid: 'prom' };

export const minimalPanel = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
  type: 'timeseries',
  id: 1,
  title: 'Lag',
  gridPos: { x: 0, y: 0, w: 12, h: 8 },
  datasource: prometheus,
  targets: [{ refId: 'A', expr: 'up', legendFormat: '{{lane}}' }],
  options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] } },
  fieldConfig: { defaults: {}, overrides: [] },
  ...changes,
});

export const minimalDashboard = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
  uid: 'd',
  title: 'A dashboard',
  schemaVersion: 42,
  time: { from: 'now-15m', to: 'now' },
  panels: [],
  templating: { list: [] },
  annotations: { list: [] },
  ...changes,
});
