// Table: queries at one time, or traces that were found. Sorted by its headings.
import { fieldFor } from '../../../../dashboards/display/field-for.ts';
import { resolveLink } from '../../../../dashboards/display/link.ts';
import { showValue } from '../../../../dashboards/display/show-value.ts';
import type { Shown } from '../../../../dashboards/display/show-value.ts';
import { sortTable, transformTables } from '../../../../dashboards/display/transform.ts';
import { rowsOf } from '../../../../dashboards/frames/frame.ts';
import type { Cell, Column, Frames, Table } from '../../../../dashboards/frames/frame.ts';
import type { SortBy } from '../../../../dashboards/panel.ts';
import { el, link, styled, swap } from './dom.ts';
import type { Child } from './dom.ts';
import type { Drawer, DrawerOptions, Drawing, PanelOf } from './drawer.ts';
import { noData } from './no-data.ts';
import { seriesTables } from './series-table.ts';
import { timeText } from './time-text.ts';

type TablePanel = PanelOf<'table'>;

const mostRows = 500;

const shownCell = (panel: TablePanel, column: Column, cell: Cell, refId: string, utc: boolean): Shown => {
  if (column.kind === 'time' && typeof cell === 'number') return { text: timeText(cell, utc), color: null };
  if (cell === null) return { text: '', color: null };
  const config = fieldFor(panel, { name: column.name, refId, kind: column.kind });
  return showValue(cell, column.unit === undefined ? config : { ...config, unit: column.unit });
};

type CellPlace = {
  readonly panel: TablePanel;
  readonly table: Table;
  readonly row: number;
  readonly drawing: Drawing;
  readonly utc: boolean;
};

const rowTexts = ({ table, row }: CellPlace): Readonly<Record<string, string>> =>
  Object.fromEntries(table.columns.map(({ name, cells }) => [name, String(cells[row] ?? '')]));

const cellContent = (column: Column, cell: Cell, shown: Shown, place: CellPlace): Child => {
  if (column.kind === 'trace' && typeof cell === 'string') return link(`/trace/${cell}`, cell.slice(0, 16), { class: 'mono', title: cell });
  const [first] = fieldFor(place.panel, { name: column.name, refId: place.table.refId, kind: column.kind }).links ?? [];
  const context = { text: shown.text, raw: cell, row: rowTexts(place) };
  const target = first === undefined || column.kind !== 'number' ? null : resolveLink(first, place.drawing.scope, context);
  return target === null ? shown.text : link(target.url, shown.text, { title: target.title });
};

const cellOf = (column: Column, place: CellPlace): HTMLElement => {
  const cell = column.cells[place.row] ?? null;
  const shown = shownCell(place.panel, column, cell, place.table.refId, place.utc);
  const { style } = fieldFor(place.panel, { name: column.name, refId: place.table.refId, kind: column.kind });
  const node = el('td', { class: column.kind === 'number' ? 'number' : undefined }, cellContent(column, cell, shown, place));
  if (shown.color === null || style?.cell === undefined || style.cell === 'auto') return node;
  return styled(node, { [style.cell === 'color-background' ? 'background-color' : 'color']: shown.color });
};

const arrows = { ascending: ' ▲', descending: ' ▼', none: '' } as const;

const headingOf = (column: Column, sorted: SortBy | undefined, onSort: (field: string) => void): HTMLElement => {
  const order = sorted?.field === column.name ? (sorted.descending ? 'descending' : 'ascending') : 'none';
  const button = el('button', { type: 'button', onclick: () => onSort(column.name) }, `${column.name}${arrows[order]}`);
  return el('th', { scope: 'col', 'aria-sort': order, class: column.kind === 'number' ? 'number' : undefined }, button);
};

const tablesOf = (panel: TablePanel, frames: Frames): readonly Table[] =>
  transformTables([...frames.tables, ...seriesTables(frames.series)], panel.transformations);

export const createTable = (panel: TablePanel, { body, utc }: DrawerOptions): Drawer => {
  let sorted: SortBy | undefined = panel.view.sortBy[0];
  let latest: Drawing | undefined;

  const tableOf = (table: Table, drawing: Drawing): HTMLElement => {
    const columns = table.columns.filter(({ name, kind }) => fieldFor(panel, { name, refId: table.refId, kind }).style?.hidden !== true);
    const shown = { ...(sorted === undefined ? table : sortTable(table, sorted.field, sorted.descending)) };
    const inOrder = columns
      .map(({ name }) => shown.columns.find((column) => column.name === name))
      .filter((column) => column !== undefined);
    const rows = Array.from({ length: Math.min(rowsOf(shown), mostRows) }, (_none, row) =>
      el('tr', {}, ...inOrder.map((column) => cellOf(column, { panel, table: shown, row, drawing, utc }))),
    );
    const more = rowsOf(shown) > mostRows ? el('p', { class: 'note' }, `The first ${mostRows} of ${rowsOf(shown)} rows.`) : null;
    const headings = panel.view.showHeader
      ? el('thead', {}, el('tr', {}, ...inOrder.map((column) => headingOf(column, sorted, sortBy))))
      : null;
    return el('div', { class: 'table-holder', tabindex: 0 }, el('table', {}, headings, el('tbody', {}, ...rows)), more);
  };
  const draw = (drawing: Drawing): void => {
    latest = drawing;
    const tables = tablesOf(panel, drawing.frames).filter((table) => rowsOf(table) > 0);
    swap(body, ...(tables.length === 0 ? [noData(panel.defaults.noValue)] : tables.map((table) => tableOf(table, drawing))));
  };
  const sortBy = (field: string): void => {
    sorted = { field, descending: sorted?.field === field ? !sorted.descending : false };
    if (latest !== undefined) draw(latest);
  };
  return { draw, destroy: () => undefined };
};
