// Panels in the order of the grid, under their rows: a collapsed row holds its panels, an open one is followed by them.
import type { Panel, Section } from '../panel.ts';
import type { JsonNode, Report } from './json-node.ts';
import { panelPlace, readPanel } from './panel.ts';

type Row = { readonly title: string | null; readonly collapsed: boolean; readonly panels: Panel[] };

const rowKeys = ['type', 'id', 'title', 'gridPos', 'collapsed', 'panels', 'datasource', 'targets'];

const readRow = (unnamed: JsonNode, dashboard: string, report: Report): Row => {
  const node = unnamed.named(panelPlace(dashboard, unnamed));
  node.only(...rowKeys);
  return {
    title: node.text('title') ?? '',
    collapsed: node.flag('collapsed') ?? false,
    panels: node.children('panels').flatMap((panel) => readPanel(panel, dashboard, report)),
  };
};

const top = (node: JsonNode): readonly [number, number] => {
  const grid = node.raw('gridPos') as { readonly x?: number; readonly y?: number } | undefined;
  return [grid?.y ?? 0, grid?.x ?? 0];
};

const byPosition = (one: JsonNode, other: JsonNode): number => {
  const [a, b] = [top(one), top(other)];
  return a[0] - b[0] || a[1] - b[1];
};

export const readSections = (panels: readonly JsonNode[], dashboard: string, report: Report): readonly Section[] => {
  const rows: Row[] = [{ title: null, collapsed: false, panels: [] }];
  for (const node of panels.toSorted(byPosition)) {
    if (node.raw('type') === 'row') rows.push(readRow(node, dashboard, report));
    else rows.at(-1)?.panels.push(...readPanel(node, dashboard, report));
  }
  return rows.filter(({ title, panels: held }) => title !== null || held.length > 0);
};
