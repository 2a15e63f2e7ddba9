// What the panels that answer yes or no say in the moments that matter: their own queries, evaluated over samples made by hand.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDashboards } from '../../signals/load-dashboards.ts';
import { panelQuestions } from '../../signals/panel-questions.ts';
import { evaluate } from '../../stack/embedded/promql/evaluate.ts';
import { formatLabels } from '../../stack/embedded/promql/labels.ts';
import { storageOf } from '../../stack/embedded/promql/series-text.ts';

const minuteMs = 60_000;
/** Samples come once a minute from 0 on; asked at 10 minutes about the five before. */
const [fromMs, toMs] = [5 * minuteMs, 10 * minuteMs];

const loaded = await loadDashboards(join(import.meta.dirname, '../../../grafana/dashboards'));
const questions = loaded.flatMap(({ dashboard }) =>
  dashboard === null ? [] : panelQuestions(dashboard, { variables: {}, fromMs, toMs, stepSeconds: 60, timeIntervalSeconds: 60 }),
);

/** Value by labels. */
const shown = (dashboard: string, panel: string, samples: string, stepMs = minuteMs, refId = 'A'): Readonly<Record<string, number>> => {
  const question = questions.find((one) => one.dashboard === dashboard && one.panel === panel && one.refId === refId);
  if (question === undefined) throw new Error(`there is no panel ${dashboard} › ${panel}`);
  const { result } = evaluate(question.query, { kind: 'instant', timeMs: toMs }, storageOf(samples, stepMs));
  if (result.type !== 'vector') throw new Error(`${panel} gives a ${result.type}`);
  return Object.fromEntries(result.samples.map(({ labels, value }) => [formatLabels(labels), value]));
};

describe('lanes taken over in the range', () => {
  const takenOver = (samples: string) => shown('stream-and-workers', 'Lanes taken over', samples);

  test('counts from 0 where the process began in the range, though its first export already says 8', () => {
    expect(takenOver('faultline_lease_takeovers_total{instance="new"} _x7 8 8 8 8')).toEqual({ '{}': 8 });
  });

  test('counts what was added by a process from before, and nothing of one that had gone', () => {
    const before = 'faultline_lease_takeovers_total{instance="old"} 3 3 3 3 3 3 4 4 4 5 5';
    expect(takenOver(before)).toEqual({ '{}': 2 });
    expect(takenOver(`${before}\nfaultline_lease_takeovers_total{instance="gone"} 7 7 7 7`)).toEqual({ '{}': 2 });
  });

  test('is 0 where nothing happened, and no data where nobody exports', () => {
    expect(takenOver('faultline_lease_takeovers_total{instance="old"} 3 3 3 3 3 3 3 3 3 3 3')).toEqual({ '{}': 0 });
    expect(takenOver('other 1')).toEqual({});
  });
});

describe('requests failed by us', () => {
  const count = 'http_server_request_duration_seconds_count{job="faultline-ingest",http_route="/events",http_response_status_code=';
  const failed = (samples: string) => shown('pipeline', 'Requests failed by us', samples, 15_000);

  test('is 0 on a good day, when no answer 5xx was ever given', () => {
    expect(failed(`${count}"200"} 0+10x40`)).toEqual({ '{}': 0 });
  });

  test('is 1 where nothing else is answered, and a half where half of it is', () => {
    expect(failed(`${count}"503"} 0+10x40`)).toEqual({ '{}': 1 });
    expect(failed(`${count}"503"} 0+10x40\n${count}"200"} 0+10x40`)).toEqual({ '{}': 0.5 });
  });

  test('is not a number without traffic, and no data without telemetry', () => {
    expect(failed(`${count}"200"} 7x40`)).toEqual({ '{}': NaN });
    expect(failed('other 1')).toEqual({});
  });
});

test('the books grow old while nobody exports them, whatever their last word was', () => {
  expect(shown('pipeline', 'Age of the books', 'faultline_accounting_age_seconds 0.5x8')).toEqual({ '{}': 120.5 });
  expect(shown('pipeline', 'Age of the books', 'faultline_accounting_age_seconds 0.5x10')).toEqual({ '{}': 0.5 });
});

test('a kind of process that fell silent is heard 0 times, and one that never spoke has no data', () => {
  const busy = (job: string, instance: string, samples: string) =>
    `nodejs_eventloop_utilization_ratio{job="${job}",instance="${instance}"} ${samples}`;
  const samples = [
    busy('faultline-worker', '1', '0.5x40'),
    busy('faultline-worker', '2', '0.5x40'),
    busy('faultline-ingest', '1', '0.5x30'),
  ].join('\n');
  const heard = (refId: string) => shown('pipeline', 'Processes heard', samples, 15_000, refId);
  expect([heard('A'), heard('B'), heard('C')]).toEqual([{ '{}': 0 }, { '{}': 2 }, {}]);
});
