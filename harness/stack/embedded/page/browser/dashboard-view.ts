// A dashboard: its controls, its panels in the grid, and the rounds in which they are asked.
import type { Dashboard } from '../../../../dashboards/dashboard.ts';
import type { BuiltInTimes } from '../../../../dashboards/interpolation/built-ins.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import { scopeOf } from '../../../../dashboards/interpolation/scope.ts';
import { rangeOf, readViewState, writeViewState } from '../logic/url-state.ts';
import type { TimeRange, ViewState } from '../logic/url-state.ts';
import { createAlertsStrip } from './alerts-strip.ts';
import { askAnnotations, eventsFor } from './annotation-source.ts';
import { dashboardFrame } from './dashboard-frame.ts';
import { el, keepingFocus, swap } from './dom.ts';
import { createPanelGrid } from './panel-grid.ts';
import { createRounds } from './rounds.ts';
import { timeControls } from './time-controls.ts';
import { variableControls } from './variable-controls.ts';
import { askVariables } from './variable-source.ts';
import type { VariableAnswers } from './variable-source.ts';

const noAnswers: VariableAnswers = { options: new Map(), errors: new Map() };
/** Values of variables change seldom: on automatic rounds they are asked again only after this. */
const variablesAgainMs = 10_000;

type Known = { state: ViewState; answers: VariableAnswers; answeredAtMs: number };

const scopeAt =
  (dashboard: Dashboard, { state, answers }: Known) =>
  (times: BuiltInTimes): Scope =>
    scopeOf(dashboard, state.variables, answers.options, { ...times, chosen: state });

export const showDashboard = (app: HTMLElement, dashboard: Dashboard): void => {
  const alerts = createAlertsStrip();
  const frame = dashboardFrame(dashboard, alerts.root);
  const grid = createPanelGrid(dashboard, { onZoom: (range) => setTime(String(range.fromMs), String(range.toMs)) });
  const known: Known = { state: readViewState(location.search, dashboard), answers: noAnswers, answeredAtMs: 0 };

  const showControls = (range: TimeRange, isAutomatic: boolean): void => {
    // What has the focus is being used: the clock leaves it alone.
    if (isAutomatic && frame.controls.contains(document.activeElement)) return;
    const { state, answers } = known;
    const variables = variableControls({ variables: dashboard.variables, ...answers, chosen: state.variables, onChange: setVariable });
    const { refreshChoices } = dashboard;
    const times = timeControls({ state, range, refreshChoices, onTime: setTime, onRefresh: setRefresh, onNow: () => rounds.start() });
    keepingFocus(frame.controls, () => swap(frame.controls, ...variables, ...times));
  };

  const ask = async (isAutomatic: boolean, signal: AbortSignal): Promise<void> => {
    const range = rangeOf(known.state, Date.now());
    void alerts.refresh(signal);
    if (!isAutomatic || Date.now() - known.answeredAtMs > variablesAgainMs) {
      known.answers = await askVariables(dashboard, known.state.variables, range, signal);
      known.answeredAtMs = Date.now();
      showControls(range, isAutomatic);
    }
    const scope = scopeAt(dashboard, { ...known });
    frame.fill(scope({ ...range, stepMs: 1_000, scrapeMs: 1_000 }));
    const annotations = await askAnnotations(dashboard, range, scope, signal);
    frame.errors(annotations.errors);
    grid.refresh({ range, scopeAt: scope, annotationsFor: (panel) => eventsFor(panel, annotations), isAutomatic });
  };

  const rounds = createRounds({ ask, refresh: () => known.state.refresh, onError: (message) => frame.errors([message]) });
  const change = (changes: Partial<ViewState>): void => {
    known.state = { ...known.state, ...changes };
    history.pushState(null, '', `${location.pathname}${writeViewState(known.state, location.search)}`);
    rounds.start();
  };
  const setTime = (from: string, to: string): void => change({ from, to });
  const setRefresh = (refresh: string): void => change({ refresh });
  const setVariable = (name: string, values: readonly string[]): void =>
    change({ variables: { ...known.state.variables, [name]: values } });

  addEventListener('popstate', () => {
    known.state = readViewState(location.search, dashboard);
    rounds.start();
  });
  document.title = `${dashboard.title} – faultline`;
  swap(app, frame.root, el('main', {}, ...grid.roots));
  showControls(rangeOf(known.state, Date.now()), false);
  rounds.start();
};
