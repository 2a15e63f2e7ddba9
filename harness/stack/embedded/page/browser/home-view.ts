// The first page: which dashboards there are.
import { createAlertsStrip } from './alerts-strip.ts';
import { listDashboards } from './dashboard-list.ts';
import type { ListedDashboard } from './dashboard-list.ts';
import { el, link, swap } from './dom.ts';

const entryOf = ({ uid, title, description, problem }: ListedDashboard): HTMLElement =>
  el(
    'li',
    {},
    problem === '' ? link(`/d/${encodeURIComponent(uid)}`, title) : el('span', {}, title),
    el('p', { class: problem === '' ? 'note' : 'panel-error' }, problem === '' ? description : `can not be read: ${problem}`),
  );

export const showHome = async (app: HTMLElement): Promise<void> => {
  const alerts = createAlertsStrip();
  document.title = 'faultline dashboards';
  const listed = await listDashboards();
  const none = el('p', {}, 'There are no dashboards in grafana/dashboards.');
  swap(
    app,
    el('header', { class: 'top' }, el('h1', {}, 'Dashboards'), alerts.root),
    el('main', { class: 'home' }, listed.length === 0 ? none : el('ul', {}, ...listed.map(entryOf))),
  );
  await alerts.refresh(new AbortController().signal);
};
