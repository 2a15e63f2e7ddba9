import { expect, test } from 'vitest';
import type { PanelRecord, RunData } from '../engine/run-data.ts';
import { panelsHaveData } from './panels-have-data.ts';
import { simulateRun } from './testing/simulated-run.ts';

const panel = (changes: Partial<PanelRecord> = {}): PanelRecord => ({
  dashboard: 'pipeline',
  panel: 'Lag',
  panelId: 401,
  refId: 'A',
  datasource: 'prometheus',
  kind: 'range',
  query: 'sum(messaging_consumer_lag)',
  found: 2,
  ...changes,
});

const runWith = (panels: readonly PanelRecord[]): RunData => {
  const run = simulateRun();
  return { ...run, signals: run.signals === null ? null : { ...run.signals, panels } };
};

const judge = (run: RunData, mayBeEmpty: readonly string[] = []) => [panelsHaveData(run, { mayBeEmpty })].flat()[0]!;

test('dashboards of which every query found something pass', () => {
  expect(judge(runWith([panel(), panel({ refId: 'B', found: 1 })]))).toMatchObject({ id: 'expectation/panels-have-data', outcome: 'pass' });
});

test('one query without data is a fail that names dashboard, panel and query', () => {
  const { outcome, findings } = judge(runWith([panel(), panel({ refId: 'B', found: 0, query: 'sum(messaging_consumer_lags)' })]));
  expect(outcome).toBe('fail');
  expect(findings.map(({ message }) => message)).toEqual(['pipeline › Lag (B) shows nothing: sum(messaging_consumer_lags)']);
});

test('a panel that shows trouble alone may be empty, and may be full', () => {
  const trouble = panel({ panel: 'Warnings', found: 0 });
  expect(judge(runWith([panel(), trouble]), ['pipeline › Warnings']).outcome).toBe('pass');
  expect(judge(runWith([panel(), { ...trouble, found: 3 }]), ['pipeline › Warnings']).outcome).toBe('pass');
});

test('the exception of one dashboard is none for another, and one for a panel that is not there is a fail', () => {
  const trouble = panel({ dashboard: 'ingest', panel: 'Warnings', found: 0 });
  const { outcome, findings } = judge(runWith([panel(), trouble]), ['pipeline › Warnings']);
  expect([outcome, findings.length]).toEqual(['fail', 2]);
});

test('a query that the stack refuses is a fail, also in a panel that may be empty', () => {
  const refused = panel({ found: 0, error: 'prometheus answered 400 to …: parse error', isRefused: true });
  expect(judge(runWith([refused]), ['pipeline › Lag']).outcome).toBe('fail');
});

test('a query that nobody answered proves nothing', () => {
  const silent = panel({ found: 0, error: 'prometheus did not answer to …', isRefused: false });
  expect(judge(runWith([panel(), silent])).outcome).toBe('inconclusive');
  expect(judge(runWith([panel({ refId: 'B', found: 0 }), silent])).outcome).toBe('fail');
});

test('a folder without the questions proves nothing, and one without dashboards is a fail', () => {
  const run = simulateRun();
  expect(judge({ ...run, signals: null }).outcome).toBe('inconclusive');
  expect(judge(runWith([])).outcome).toBe('fail');
});
