import { expect, test } from 'vitest';
import { evaluate } from '../../stack/embedded/promql/evaluate.ts';
import { labelsToRecord } from '../../stack/embedded/promql/labels.ts';
import { storageOf } from '../../stack/embedded/promql/series-text.ts';
import { faultlineMeasures } from './measures.ts';

const minute = 60_000;

/** Of two minutes at whose end it is asked. */
const freshness = (text: string): Record<string, number> => {
  const promql = faultlineMeasures['freshness-p99']!.promql.replaceAll('$run', 'faultline_run="r"').replaceAll('$phase', '2m');
  const { result } = evaluate(promql, { kind: 'instant', timeMs: 2 * minute }, storageOf(text));
  if (result.type !== 'vector') throw new Error(`it gave a ${result.type}`);
  return Object.fromEntries(result.samples.map(({ labels, value }) => [labelsToRecord(labels)['faultline_processor'], value]));
};

const buckets = (processor: string, half: string, all: string): string => `
  faultline_event_freshness_seconds_bucket{faultline_run="r", faultline_processor="${processor}", le="0.5"} ${half}
  faultline_event_freshness_seconds_bucket{faultline_run="r", faultline_processor="${processor}", le="1"} ${all}
  faultline_event_freshness_seconds_bucket{faultline_run="r", faultline_processor="${processor}", le="+Inf"} ${all}
  messaging_consumer_lag{faultline_run="r", faultline_processor="${processor}", lane="0"} 0 0 0
  messaging_consumer_lag{faultline_run="r", faultline_processor="${processor}", lane="1"} 0 5 9`;

test('freshness is said of each processor, and of none that made nothing visible', () => {
  const fast = buckets('events', '0+100x2', '0+100x2');
  const slow = buckets('timelines', '0 0 0', '0+100x2');
  expect(freshness(fast + slow)).toEqual({ events: expect.closeTo(0.495, 3) as number, timelines: expect.closeTo(0.995, 3) as number });
  const stuck = buckets('timelines', '7 7 7', '9 9 9');
  expect(freshness(fast + stuck)).toEqual({ events: expect.closeTo(0.495, 3) as number, timelines: Number.NaN });
  const neverAny = 'messaging_consumer_lag{faultline_run="r", faultline_processor="timelines", lane="0"} 1 50 100';
  expect(freshness(`${fast}\n${neverAny}`)).toEqual({ events: expect.closeTo(0.495, 3) as number, timelines: Number.NaN });
});

test('a budget on freshness holds for each of them', () => {
  expect(faultlineMeasures['freshness-p99']).toMatchObject({ over: 'end', eachSeries: true });
});
