// The committed JSON is that of the source, and every panel is one that an operator can use.
import { readdirSync, readFileSync } from 'node:fs';
import type { Dashboard, DashboardLink, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, test } from 'vitest';
import { dashboards } from './source/all.ts';
import { fileNameOf, printDashboard } from './source/print.ts';
import { runbooks } from './source/runbooks.ts';

const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== 'row';
const panelsOf = ({ panels = [] }: Dashboard): readonly Panel[] => panels.filter(isPanel);
const urlsOf = (links: readonly DashboardLink[] | undefined): readonly string[] => (links ?? []).map(({ url }) => url ?? '');
const everyPanel = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => [`${dashboard.uid}: ${panel.title}`, panel] as const),
);
const kinds = ['timeseries', 'stat', 'gauge', 'table', 'logs'];

test('five dashboards, and no file that none of them made', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'));
  expect(files.toSorted()).toEqual(dashboards.map(fileNameOf).toSorted());
  expect(dashboards.map(({ uid }) => uid)).toEqual(['pipeline', 'ingest', 'stream-and-workers', 'recovery', 'run']);
});

test.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
  'the file of %s is what its source gives: `npm run dashboards` writes it anew',
  (_uid, dashboard) => {
    expect(readFileSync(`${import.meta.dirname}/${fileNameOf(dashboard)}`, 'utf8')).toBe(printDashboard(dashboard));
  },
);

describe.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))('dashboard %s', (_uid, dashboard) => {
  test('gives no id twice, to a row or a panel', () => {
    const ids = (dashboard.panels ?? []).map(({ id }) => id);
    expect(ids.every((id) => Number.isInteger(id) && id! > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('gives no title twice: a finding names a panel by it', () => {
    const titles = panelsOf(dashboard).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('fills its rows of 24 columns without a panel over another', () => {
    const cells = panelsOf(dashboard).flatMap(({ gridPos }) => {
      const { x, y, w, h } = gridPos!;
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_cell, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('asks with the variables that it has, and with all of them', () => {
    const text = printDashboard(dashboard);
    const asked = new Set([...text.matchAll(/\$\{?([a-z][a-z_]*)\b/g)].map(([, name]) => name));
    expect(asked).toEqual(new Set((dashboard.templating.list ?? []).map(({ name }) => name)));
  });
});

/** The panels that break a rule, by name: all of them are seen at once. */
const panelsThat = (isBad: (panel: Panel) => boolean): readonly string[] =>
  everyPanel.filter(([, panel]) => isBad(panel)).map(([name]) => name);

test('every panel is of a kind that is drawn without Grafana too', () => {
  expect(panelsThat(({ type }) => !kinds.includes(type))).toEqual([]);
});

test('every panel states its question, in a sentence with a question mark', () => {
  expect(panelsThat(({ description }) => !/^[A-Z].*\?/.test(description ?? ''))).toEqual([]);
});

test('every panel has unit and limits', () => {
  expect(panelsThat(({ fieldConfig }) => (fieldConfig?.defaults.unit ?? '') === '')).toEqual([]);
  expect(panelsThat(({ fieldConfig }) => (fieldConfig?.defaults.thresholds?.steps ?? []).length === 0)).toEqual([]);
});

test('every panel has a query, and its queries have ids of their own', () => {
  const refIds = ({ targets = [] }: Panel) => targets.map((target) => (target as { refId?: string }).refId);
  expect(panelsThat((panel) => refIds(panel).length === 0 || new Set(refIds(panel)).size < refIds(panel).length)).toEqual([]);
});

test('every panel leads to the traces or lines behind it, unless it shows those', () => {
  const showsThem = ({ datasource, type }: Panel) => ['tempo', 'loki'].includes(datasource?.uid ?? '') && type !== 'timeseries';
  const leadsThere = ({ fieldConfig }: Panel) => urlsOf(fieldConfig?.defaults.links).some((url) => url.startsWith('/explore?'));
  expect(panelsThat((panel) => !showsThem(panel) && !leadsThere(panel))).toEqual([]);
});

test('every panel leads to a runbook that there is, or to another dashboard', () => {
  const places = [...runbooks.map((name) => `\${runbooks}/${name}.md`), ...dashboards.map(({ uid }) => `/d/${uid}`)];
  const leadsNowhere = (url: string) => !places.includes(url.replace(/\?.*$/, ''));
  expect(panelsThat(({ links }) => urlsOf(links).length === 0 || urlsOf(links).some(leadsNowhere))).toEqual([]);
});

test('limits rise, and never meet', () => {
  const limitsOf = ({ fieldConfig }: Panel) => (fieldConfig?.defaults.thresholds?.steps ?? []).slice(1).map(({ value }) => value ?? 0);
  expect(panelsThat((panel) => limitsOf(panel).some((value, index, all) => index > 0 && value <= all[index - 1]!))).toEqual([]);
});
