// Which view the address asks for.
import { readDashboard } from '../../../../dashboards/read-dashboard.ts';
import { ask } from './ask.ts';
import { showDashboard } from './dashboard-view.ts';
import { el, link, swap } from './dom.ts';
import { showExplore } from './explore-view.ts';
import { showHome } from './home-view.ts';
import { showTrace } from './trace-view.ts';

const openDashboard = async (app: HTMLElement, uid: string): Promise<void> =>
  showDashboard(app, readDashboard(await ask(`/page/dashboards/${encodeURIComponent(uid)}`, new AbortController().signal)));

const open = async (app: HTMLElement): Promise<void> => {
  const [, view, name = ''] = location.pathname.split('/').map(decodeURIComponent);
  if (view === 'd') return openDashboard(app, name);
  if (view === 'trace') return showTrace(app, name);
  if (view === 'explore') return showExplore(app);
  return showHome(app);
};

const failed = (app: HTMLElement, error: unknown): void => {
  const lines = (error as Error).message.split('\n').map((line) => el('p', {}, line));
  swap(
    app,
    el(
      'main',
      { class: 'home' },
      el('h1', {}, 'This can not be shown'),
      el('div', { class: 'panel-error', role: 'alert' }, ...lines),
      link('/', 'All dashboards'),
    ),
  );
};

const app = document.querySelector<HTMLElement>('#app');
if (app !== null) await open(app).catch((error: unknown) => failed(app, error));
