// Text: what the dashboard itself says. Shown as it is written; nothing in it is taken for HTML.
import { interpolate } from '../../../../dashboards/interpolation/interpolate.ts';
import { el, swap } from './dom.ts';
import type { Drawer, DrawerOptions, PanelOf } from './drawer.ts';

export const createText = (panel: PanelOf<'text'>, { body }: DrawerOptions): Drawer => ({
  draw: ({ scope }) => {
    const text = panel.view.mode === 'code' ? panel.view.content : interpolate(panel.view.content, scope, 'text');
    swap(body, el('div', { class: panel.view.mode === 'code' ? 'text mono' : 'text' }, text));
  },
  destroy: () => undefined,
});
