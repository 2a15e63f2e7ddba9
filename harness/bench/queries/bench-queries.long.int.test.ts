// The bench on a short history: without a Prometheus it measures what it can and claims no more; with one on PATH the two say the same to every query.
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMetricStore } from '../../stack/embedded/metrics/metric-store.ts';
import type { DecodedResourceMetrics } from '../../stack/embedded/otlp-metric-types.ts';
import { evaluate } from '../../stack/embedded/promql/evaluate.ts';
import { createWorkshop } from '../workshop.ts';
import { benchQueries } from './bench-queries.ts';
import { createFleet } from './fleet/fleet.ts';
import { createExports } from './fleet/member-exports.ts';
import { distinct, questionsOf } from './questions.ts';

const run = async (environment: NodeJS.ProcessEnv) => {
  await using workshop = await createWorkshop();
  const said: string[] = [];
  const signal = AbortSignal.timeout(110_000);
  const say = (text: string): void => void said.push(text);
  const figures = await benchQueries({ workshop, signal, say, environment, nowMs: Date.now, historySeconds: 20, rounds: 1, starts: 1 });
  return { figures, said: said.join('\n') };
};

test('without a Prometheus the embedded figures stand alone', { timeout: 120_000 }, async () => {
  const { figures, said } = await run({ PATH: '' });
  expect(said).toContain('no prometheus on PATH');
  expect(figures.every(({ against }) => against === null)).toBe(true);
  expect(figures.filter(({ bound }) => bound?.startsWith('ratio')).map(({ holds }) => holds)).toEqual([null, null]);
  expect(figures.filter(({ name }) => name.startsWith('memory')).map(({ holds }) => holds)).toEqual([null, null]);
  expect(figures.find(({ name }) => name.startsWith('samples held'))).toMatchObject({ value: 100, holds: true });
});

const hasPrometheus = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => folder !== '' && existsSync(join(folder, 'prometheus')));

test.skipIf(!hasPrometheus)('with a Prometheus every query is asked of both, and answered alike', { timeout: 120_000 }, async () => {
  const { figures } = await run(process.env);
  const queries = figures.filter(({ bound }) => bound?.startsWith('ratio'));
  expect(queries).toHaveLength(3);
  for (const { against, ratio, holds } of queries) {
    expect(against?.what).toMatch(/^Prometheus \d/);
    expect(ratio).toBeGreaterThan(0);
    expect(holds).toBeTypeOf('boolean');
  }
});

test('the fleet has data for every query of the dashboards', async () => {
  const [fromMs, seconds] = [1_700_000_000_000, 70];
  const store = createMetricStore();
  for (const member of createFleet()) {
    const exportAt = createExports(member, 4, fromMs);
    for (let second = 0; second < seconds; second += 1) {
      const { resourceMetrics } = exportAt(fromMs + second * 1_000) as { readonly resourceMetrics: readonly DecodedResourceMetrics[] };
      store.ingest(resourceMetrics, fromMs + second * 1_000);
    }
  }
  const toMs = fromMs + (seconds - 1) * 1_000;
  const questions = await questionsOf({ fromMs, toMs, stepSeconds: 1 });
  const empty = questions
    .filter(({ kind }) => kind !== 'prometheus-names')
    .filter(({ query }) => {
      const { result } = evaluate(query, { kind: 'instant', timeMs: toMs }, store);
      return result.type !== 'vector' || result.samples.length === 0;
    });
  expect(questions.length).toBeGreaterThan(100);
  expect(empty.map(({ place }) => place)).toEqual([]);
});

test('a question that two dashboards ask is asked once', async () => {
  const questions = await questionsOf({ fromMs: 0, toMs: 60_000, stepSeconds: 1 });
  expect(distinct([...questions, ...questions])).toHaveLength(questions.length);
});
