// A panel's frame: its title, question, links, errors, and whether it is being asked. What it shows is its drawer's.
import { needsValue, resolveLink } from '../../../../dashboards/display/link.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import { interpolate } from '../../../../dashboards/interpolation/interpolate.ts';
import type { Panel } from '../../../../dashboards/panel.ts';
import { el, link, styled, swap } from './dom.ts';
import type { Child } from './dom.ts';

export type PanelBox = {
  readonly root: HTMLElement;
  readonly body: HTMLElement;
  /** Title and links have variables in them. */
  fill(scope: Scope): void;
  busy(isBusy: boolean): void;
  errors(messages: readonly string[]): void;
};

/** A disclosure that closes when the reader goes elsewhere. */
const disclosure = (label: string, hint: string, ...content: readonly Child[]): HTMLElement => {
  const node = el(
    'details',
    { class: 'popup' },
    el('summary', { 'aria-label': hint, title: hint }, label),
    el('div', { class: 'popup-content' }, ...content),
  );
  node.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node && node.contains(event.relatedTarget))) node.open = false;
  });
  node.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') node.open = false;
  });
  return node;
};

const linksOf = ({ links, defaults }: Panel, scope: Scope): readonly HTMLElement[] =>
  [...links, ...(defaults.links ?? []).filter((one) => !needsValue(one))].flatMap((one) => {
    const target = resolveLink(one, scope);
    if (target === null) return [];
    return [el('li', {}, link(target.url, target.title, one.targetBlank ? { target: '_blank', rel: 'noopener' } : {}))];
  });

/** Grafana's rows are 30 pixels high with gaps of 8; the grid has the same. */
const place = (root: HTMLElement, { position: { x, width, height } }: Panel): HTMLElement =>
  styled(root, { '--column': String(x + 1), '--columns': String(width), '--rows': String(height) });

export const createPanelBox = (panel: Panel): PanelBox => {
  const title = el('h3', { title: panel.title }, panel.title);
  const menu = el('span', { class: 'panel-menu' });
  const spinner = el('span', { class: 'spinner', hidden: true, role: 'status', 'aria-label': 'asking' });
  const error = el('div', { class: 'panel-error', role: 'alert', hidden: true });
  const body = el('div', { class: 'panel-body' });
  const info = panel.description === '' ? null : disclosure('i', `What ${panel.title} answers`, panel.description);
  const root = el(
    'section',
    { class: `panel panel-${panel.view.type}`, 'aria-label': panel.title, 'data-panel': panel.id },
    el('header', {}, title, info, spinner, menu),
    error,
    body,
  );
  return {
    root: place(root, panel),
    body,
    fill: (scope) => {
      title.textContent = interpolate(panel.title, scope, 'text');
      const links = linksOf(panel, scope);
      const isOpen = menu.querySelector('details')?.open === true;
      if (!isOpen) swap(menu, links.length === 0 ? null : disclosure('⋮', `Ways on from ${panel.title}`, el('ul', {}, ...links)));
    },
    busy: (isBusy) => (spinner.hidden = !isBusy),
    errors: (messages) => {
      error.hidden = messages.length === 0;
      swap(error, ...messages.map((message) => el('p', {}, message)));
    },
  };
};
