// Asks every query of every dashboard, as a reader's browser would at the end of the traffic, and writes down how much came back.
import { DashboardRefused } from '../dashboards/dashboard-refused.ts';
import type { LoadedDashboard } from './load-dashboards.ts';
import type { PanelRecord, RunTimeline, Series } from '../engine/run-data.ts';
import type { SignalClient } from './client.ts';
import { panelQuestions, type PanelQuestion } from './panel-questions.ts';
import { SignalError } from './signal-error.ts';
import type { RunScope } from './substitute.ts';

export type PanelsOptions = {
  readonly client: SignalClient;
  readonly dashboards: readonly LoadedDashboard[];
  readonly scope: RunScope;
  readonly timeline: RunTimeline;
  readonly exportIntervalMs: number;
};

const stepSeconds = 1;
const atOnce = 8;
const fewTraces = 20;
const fewLines = 100;

export const askPanels = async (options: PanelsOptions): Promise<readonly PanelRecord[]> => {
  const waiting = options.dashboards.map((loaded) => questionsOf(loaded, options));
  const refused = waiting.flatMap(({ problems }) => problems);
  const questions = waiting.flatMap((each) => each.questions);
  const records: PanelRecord[] = [];
  for (let index = 0; index < questions.length; index += atOnce) {
    // A browser asks a few at a time too; all at once would be a load test of the stack.
    // oxlint-disable-next-line no-await-in-loop
    records.push(...(await Promise.all(questions.slice(index, index + atOnce).map((question) => askOne(question, options)))));
  }
  return [...refused, ...records];
};

type Waiting = { readonly questions: readonly PanelQuestion[]; readonly problems: readonly PanelRecord[] };

const questionsOf = (loaded: LoadedDashboard, options: PanelsOptions): Waiting => {
  const problem = (error: string): Waiting => ({
    questions: [],
    problems: [{ ...nowhere, dashboard: loaded.file, error, isRefused: true }],
  });
  if (loaded.dashboard === null) return problem(loaded.problem);
  const { fromMs, toMs } = rangeOf(options.timeline);
  const { runId, scenario } = options.scope;
  const known = new Set(loaded.dashboard.variables.map(({ name }) => name));
  const variables = Object.fromEntries(
    [['faultline_run', runId] as const, ['faultline_scenario', scenario] as const].filter(([name]) => known.has(name)),
  );
  const timeIntervalSeconds = options.exportIntervalMs / 1000;
  try {
    return { questions: panelQuestions(loaded.dashboard, { variables, fromMs, toMs, stepSeconds, timeIntervalSeconds }), problems: [] };
  } catch (error) {
    if (error instanceof DashboardRefused) return problem(error.message);
    throw error;
  }
};

const nowhere = { panel: '', panelId: null, refId: '', datasource: 'prometheus', kind: 'range', query: '', found: 0 } as const;

/** A reader's range reaches back to before the traffic, where processes say that they start. */
const beforeMs = 60_000;

/** To the last operation: what comes after is drain, in which rates fall to nothing. */
const rangeOf = ({ zeroAt, phases }: RunTimeline): { readonly fromMs: number; readonly toMs: number } => ({
  fromMs: zeroAt - beforeMs,
  toMs: Math.max(zeroAt, ...phases.filter(({ kind }) => kind !== 'drain').map(({ to }) => to)),
});

const askOne = async (question: PanelQuestion, options: PanelsOptions): Promise<PanelRecord> => {
  const { limit: _limit, ...asked } = question;
  try {
    return { ...asked, found: await countFound(question, options) };
  } catch (error) {
    if (!(error instanceof SignalError)) throw error;
    const isRefused = error.status !== null && error.status >= 400 && error.status < 500;
    return { ...asked, found: 0, error: error.message, isRefused };
  }
};

/** Series with a number, traces, or lines. */
const countFound = async ({ datasource, kind, query, limit }: PanelQuestion, { client, timeline }: PanelsOptions): Promise<number> => {
  const { fromMs, toMs } = rangeOf(timeline);
  const [from, to] = [fromMs / 1000, toMs / 1000];
  switch (datasource) {
    case 'prometheus':
      return withNumbers(await (kind === 'instant' ? client.instant(query, to) : client.range(query, from, to, stepSeconds))).length;
    case 'loki':
      return client.countLogs(query, { from, to, step: stepSeconds, limit: Math.min(limit ?? fewLines, fewLines) });
    case 'tempo':
      return (await client.searchTraces(query, from, to, Math.min(limit ?? fewTraces, fewTraces))).length;
  }
};

/** NaN is a share or a quantile of nothing: no data. */
const withNumbers = (series: readonly Series[]): readonly Series[] =>
  series.filter(({ samples }) => samples.some(([, value]) => Number.isFinite(value)));
