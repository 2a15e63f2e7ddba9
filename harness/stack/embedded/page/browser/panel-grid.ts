// The panels under their rows, in the grid of 24 columns; only those on the screen ask.
import type { Dashboard } from '../../../../dashboards/dashboard.ts';
import type { Panel, Section } from '../../../../dashboards/panel.ts';
import type { TimeRange } from '../logic/url-state.ts';
import { el, styled } from './dom.ts';
import { createLivePanel } from './live-panel.ts';
import type { LivePanel, Round } from './live-panel.ts';

export type PanelGrid = { readonly roots: readonly HTMLElement[]; refresh(round: Round): void };

/** Rows count from the top of the section. */
const placed = (root: HTMLElement, panel: Panel, top: number): HTMLElement => styled(root, { '--row': String(panel.position.y - top + 1) });

const sectionOf = ({ title, collapsed, panels }: Section, made: ReadonlyMap<Panel, LivePanel>): HTMLElement => {
  const top = Math.min(...panels.map(({ position }) => position.y));
  const grid = el('div', { class: 'grid' }, ...panels.map((panel) => placed(made.get(panel)?.root ?? el('div'), panel, top)));
  return title === null ? grid : el('details', { class: 'row', open: !collapsed }, el('summary', {}, el('h2', {}, title)), grid);
};

export const createPanelGrid = (dashboard: Dashboard, { onZoom }: { readonly onZoom: (range: TimeRange) => void }): PanelGrid => {
  const options = { utc: dashboard.timezone === 'utc', onZoom };
  const made = new Map(
    dashboard.sections.flatMap(({ panels }) => panels).map((panel) => [panel, createLivePanel(panel, options)] as const),
  );
  const byRoot = new Map([...made.values()].map((live) => [live.root as Element, live]));
  // A little before they come into view, so that scrolling finds them filled.
  const seen = new IntersectionObserver(
    (entries) => entries.forEach(({ target, isIntersecting }) => byRoot.get(target)?.setVisible(isIntersecting)),
    { rootMargin: '100px' },
  );
  for (const live of made.values()) seen.observe(live.root);
  return {
    roots: dashboard.sections.map((section) => sectionOf(section, made)),
    refresh: (round) => {
      for (const live of made.values()) live.refresh(round);
    },
  };
};
