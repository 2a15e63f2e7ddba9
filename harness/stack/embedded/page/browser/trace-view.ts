// One trace: its spans as a waterfall, each opened for its attributes, events and links.
import { placeSpans, spansOf } from '../../../../dashboards/frames/trace.ts';
import type { PlacedSpan, SpanLink, TraceSpan } from '../../../../dashboards/frames/trace.ts';
import type { Cell } from '../../../../dashboards/frames/frame.ts';
import { paletteColor } from '../../../../dashboards/display/colors.ts';
import { formatValue } from '../../../../dashboards/units/units.ts';
import { ask } from './ask.ts';
import { pageConfig } from './config.ts';
import { el, link, styled, swap } from './dom.ts';
import { timeText } from './time-text.ts';

type Extent = { readonly startMs: number; readonly spanMs: number };

const extentOf = (spans: readonly TraceSpan[]): Extent => {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  return { startMs, spanMs: Math.max(endMs - startMs, 0.001) };
};

const attributeTable = (title: string, attributes: Readonly<Record<string, Cell>>): HTMLElement | null => {
  const rows = Object.entries(attributes).map(([name, value]) =>
    el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, String(value))),
  );
  return rows.length === 0 ? null : el('table', {}, el('caption', {}, title), el('tbody', {}, ...rows));
};

const linkRow = ({ traceId, spanId, attributes }: SpanLink): HTMLElement =>
  el('li', {}, link(`/trace/${traceId}#span-${spanId}`, `span ${spanId} of trace ${traceId}`), attributeTable('', attributes));

const detailsOf = (span: TraceSpan): HTMLElement =>
  el(
    'div',
    { class: 'span-details' },
    el('p', {}, `${span.kind} span ${span.spanId}, ${timeText(span.startMs, false)}, ${formatValue(span.durationMs, 'ms')}`),
    span.statusMessage === '' ? null : el('p', { class: 'panel-error' }, span.statusMessage),
    span.links.length === 0 ? null : el('div', {}, el('h4', {}, 'Links'), el('ul', {}, ...span.links.map(linkRow))),
    attributeTable('Attributes', span.attributes),
    ...span.events.map(
      (event) =>
        attributeTable(`Event ${event.name} after ${formatValue(event.atMs - span.startMs, 'ms')}`, event.attributes) ??
        el('p', {}, `Event ${event.name}`),
    ),
    attributeTable('Resource', span.resource),
  );

const barOf = (span: TraceSpan, { startMs, spanMs }: Extent, color: string): HTMLElement => {
  const bar = styled(el('span', { class: span.hasError ? 'span-bar error' : 'span-bar' }), {
    left: `${((span.startMs - startMs) / spanMs) * 100}%`,
    width: `${Math.max((span.durationMs / spanMs) * 100, 0.2)}%`,
    'background-color': color,
  });
  return el('span', { class: 'span-track' }, bar);
};

const rowOf = ({ span, depth }: PlacedSpan, extent: Extent, color: string): HTMLElement => {
  const name = styled(
    el(
      'span',
      { class: 'span-name' },
      el('b', {}, span.service),
      ' ',
      span.name,
      span.hasError ? ' ✕' : '',
      span.links.length > 0 ? ' ⇢' : '',
    ),
    {
      'padding-left': `${Math.min(depth, 20) * 14}px`,
    },
  );
  const summary = el(
    'summary',
    {},
    name,
    barOf(span, extent, color),
    el('span', { class: 'span-duration' }, formatValue(span.durationMs, 'ms')),
  );
  const row = el('details', { class: 'span', id: `span-${span.spanId}`, open: location.hash === `#span-${span.spanId}` }, summary);
  const fill = (): void => void (row.open && row.childElementCount === 1 && row.append(detailsOf(span)));
  row.addEventListener('toggle', fill);
  fill();
  return row;
};

const heading = (traceId: string, spans: readonly TraceSpan[], extent: Extent): HTMLElement => {
  const services = new Set(spans.map(({ service }) => service)).size;
  const facts = `${spans.length} spans of ${services} services, ${formatValue(extent.spanMs, 'ms')}, from ${timeText(extent.startMs, false)}`;
  return el(
    'header',
    { class: 'top' },
    el('div', { class: 'title' }, el('h1', {}, `Trace ${traceId}`), el('nav', {}, link('/', 'All dashboards'))),
    el('p', { class: 'note' }, facts),
  );
};

export const showTrace = async (app: HTMLElement, traceId: string): Promise<void> => {
  document.title = `Trace ${traceId.slice(0, 8)} – faultline`;
  const spans = spansOf(
    await ask(`${pageConfig.backends.tempo}/api/v2/traces/${encodeURIComponent(traceId)}`, new AbortController().signal),
  );
  if (spans.length === 0) throw new Error(`Tempo has no spans of trace ${traceId}.`);
  const extent = extentOf(spans);
  const services = [...new Set(spans.map(({ service }) => service))];
  const rows = placeSpans(spans).map((one) => rowOf(one, extent, paletteColor(services.indexOf(one.span.service))));
  swap(app, heading(traceId, spans, extent), el('main', { class: 'trace' }, ...rows));
};
