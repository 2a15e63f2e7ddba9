// What stands around the panels of a dashboard: name, links, controls, alerts, errors of variables and annotations.
import type { Dashboard, DashboardLink } from '../../../../dashboards/dashboard.ts';
import { resolveLink } from '../../../../dashboards/display/link.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import { writeViewState } from '../logic/url-state.ts';
import { el, link, swap } from './dom.ts';
import { listDashboards } from './dashboard-list.ts';
import type { ListedDashboard } from './dashboard-list.ts';

export type DashboardFrame = {
  readonly root: HTMLElement;
  readonly controls: HTMLElement;
  fill(scope: Scope): void;
  errors(messages: readonly string[]): void;
};

/** What a link takes along, as the dashboard says: time, variables. */
const carried = ({ keepTime, includeVars }: DashboardLink, scope: Scope): string => {
  const variables = Object.fromEntries(
    [...scope.variables].map(([name, { values, allValue }]) => [name, allValue === undefined ? values : ['$__all']]),
  );
  const [from, to] = ['__from', '__to'].map((name) => scope.builtIns.get(name) ?? '');
  const all = new URLSearchParams(writeViewState({ from: from ?? '', to: to ?? '', refresh: '', variables: includeVars ? variables : {} }));
  all.delete('refresh');
  const time = new URLSearchParams(scope.builtIns.get('__url_time_range') ?? '');
  for (const name of ['from', 'to']) {
    if (keepTime) all.set(name, time.get(name) ?? '');
    else all.delete(name);
  }
  const text = all.toString();
  return text === '' ? '' : `?${text}`;
};

const others = (one: DashboardLink, listed: readonly ListedDashboard[], scope: Scope): readonly HTMLElement[] =>
  listed
    .filter(({ tags }) => one.tags.every((tag) => tags.includes(tag)))
    .map(({ uid, title }) => link(`/d/${encodeURIComponent(uid)}${carried(one, scope)}`, title));

const linkOf = (one: DashboardLink, listed: readonly ListedDashboard[], scope: Scope): readonly HTMLElement[] => {
  if (one.type === 'dashboards') return others(one, listed, scope);
  const target = resolveLink(one, scope);
  return target === null ? [] : [link(target.url, target.title)];
};

export const dashboardFrame = (dashboard: Dashboard, alerts: HTMLElement): DashboardFrame => {
  const controls = el('div', { class: 'controls' });
  const error = el('div', { class: 'panel-error', role: 'alert', hidden: true });
  const ways = el('nav', { 'aria-label': 'Dashboards' }, link('/', 'All dashboards'));
  let listed: readonly ListedDashboard[] = [];
  let latest: Scope | undefined;
  const fill = (scope: Scope): void => {
    latest = scope;
    swap(ways, link('/', 'All dashboards'), ...dashboard.links.flatMap((one) => linkOf(one, listed, scope)));
  };
  void listDashboards().then(
    (found) => {
      listed = found;
      if (latest !== undefined) fill(latest);
    },
    // The list is a convenience: what it would lead to is reached from the first page too.
    () => undefined,
  );
  return {
    root: el(
      'header',
      { class: 'top' },
      el('div', { class: 'title' }, el('h1', {}, dashboard.title), ways),
      dashboard.description === '' ? null : el('p', { class: 'note' }, dashboard.description),
      alerts,
      controls,
      error,
    ),
    controls,
    fill,
    errors: (messages) => {
      error.hidden = messages.length === 0;
      swap(error, ...messages.map((message) => el('p', {}, message)));
    },
  };
};
