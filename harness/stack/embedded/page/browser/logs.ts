// Logs: a line each, with time and severity; opened, its labels, and the way to its trace.
import { severityOf, traceIdOf } from '../../../../dashboards/frames/loki-frames.ts';
import type { LogLine } from '../../../../dashboards/frames/frame.ts';
import { el, link, swap } from './dom.ts';
import type { Drawer, DrawerOptions, PanelOf } from './drawer.ts';
import { noData } from './no-data.ts';
import { clockText, timeText } from './time-text.ts';

type LogsPanel = PanelOf<'logs'>;

const keyOf = ({ atMs, line, labels }: LogLine): string => `${atMs} ${line} ${labels['span_id'] ?? ''}`;

const labelRows = (labels: LogLine['labels']): readonly HTMLElement[] =>
  Object.entries(labels)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value)));

const details = (line: LogLine, utc: boolean): HTMLElement => {
  const traceId = traceIdOf(line);
  return el(
    'div',
    { class: 'log-details' },
    el(
      'p',
      {},
      timeText(line.atMs, utc),
      traceId === null ? null : ' · ',
      traceId === null ? null : link(`/trace/${traceId}`, `trace ${traceId}`),
    ),
    el('table', {}, el('tbody', {}, ...labelRows(line.labels))),
  );
};

const summaryOf = (line: LogLine, { view }: LogsPanel, utc: boolean): HTMLElement => {
  const severity = severityOf(line);
  return el(
    'summary',
    { class: `log-line severity-${severity}` },
    view.showTime ? el('time', { datetime: new Date(line.atMs).toISOString() }, clockText(line.atMs, utc, true)) : null,
    el('span', { class: 'severity' }, severity === 'unknown' ? '' : severity.toUpperCase()),
    view.showLabels ? el('span', { class: 'log-labels' }, JSON.stringify(line.labels)) : null,
    el('span', { class: view.wrap ? 'log-text wrap' : 'log-text' }, line.line),
  );
};

export const createLogs = (panel: LogsPanel, { body, utc }: DrawerOptions): Drawer => {
  const open = new Set<string>();

  const rowOf = (line: LogLine): HTMLElement => {
    const key = keyOf(line);
    const row = el('details', { open: open.has(key) }, summaryOf(line, panel, utc));
    const fill = (): void => void (row.open && row.childElementCount === 1 && row.append(details(line, utc)));
    row.addEventListener('toggle', () => {
      fill();
      if (row.open) open.add(key);
      else open.delete(key);
    });
    fill();
    return row;
  };
  const sign = panel.view.newestFirst ? -1 : 1;
  return {
    draw: ({ frames: { lines } }) => {
      if (lines.length === 0) return swap(body, noData(panel.defaults.noValue));
      const scrolled = body.firstElementChild?.scrollTop ?? 0;
      const holder = el(
        'div',
        { class: 'logs', tabindex: 0 },
        ...lines.toSorted((one, other) => sign * (one.atMs - other.atMs)).map(rowOf),
      );
      swap(body, holder);
      holder.scrollTop = scrolled;
      return undefined;
    },
    destroy: () => undefined,
  };
};
