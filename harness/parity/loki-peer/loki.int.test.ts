// The embedded stack beside a real Loki: the same logs into both, the same questions to both. Without a Loki on PATH (or in FAULTLINE_LOKI) it is skipped.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryLogs } from '../../signals/loki.ts';
import { startTestStack } from '../../stack/embedded/testing.ts';
import type { TestStack } from '../../stack/embedded/testing.ts';
import { logqlQueries } from '../logql-queries.ts';
import type { LogqlQuery } from '../logql-queries.ts';
import { lokiDifference, normaliseLoki } from '../normalise-loki.ts';
import type { LokiAnswer } from '../normalise-loki.ts';
import { seededLogs, seededVocabulary } from '../seeded-logs.ts';
import { findLoki, startLokiPeer } from './testing.ts';
import type { LokiPeer } from './testing.ts';

const found = findLoki();
const seed = 31;
const queryCount = 400;

const lengthMs = 600_000;
const hourMs = 3_600_000;
const recentMs = Math.floor(Date.now() / 60_000) * 60_000 - 30_000;
// Loki splits queries at full hours, and counts an interval anew from there.
const toMs = recentMs % hourMs < lengthMs ? recentMs - (recentMs % hourMs) - 30_000 : recentMs;
const fromMs = toMs - lengthMs;
const nanos = (ms: number): string => String(BigInt(ms) * 1_000_000n);

let embedded: TestStack;
let loki: LokiPeer;

const push = async (url: string, body: string): Promise<void> => {
  const answer = await fetch(`${url}/otlp/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.ok, await answer.text()).toBe(true);
};

const ask = async (
  url: string,
  path: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<LokiAnswer> => {
  const answer = await fetch(`${url}/loki/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters), headers });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
};

const both = (path: string, parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  Promise.all([ask(embedded.url, path, parameters, headers), ask(loki.url, path, parameters, headers)]);

const window = { start: nanos(fromMs), end: nanos(toMs) };

const asked = ({ kind, query, direction }: LogqlQuery) => {
  const shared = { query, direction, limit: '1000' };
  return kind === 'instant'
    ? both('query', { ...shared, time: nanos(toMs - 60_000) })
    : both('query_range', { ...shared, ...window, step: '20' });
};

describe.skipIf('missing' in found)(`beside a real Loki ${'missing' in found ? `(skipped: ${found.missing})` : ''}`, () => {
  beforeAll(async () => {
    if ('missing' in found) return;
    [embedded, loki] = await Promise.all([startTestStack(), startLokiPeer(found.program)]);
    const body = JSON.stringify(seededLogs({ seed, count: 800, fromMs, toMs }));
    await push(embedded.url, body);
    await push(loki.url, body);
  });
  afterAll(async () => {
    await embedded[Symbol.asyncDispose]();
    await loki[Symbol.asyncDispose]();
  });

  test(`${queryCount} generated queries have the same answers`, { timeout: 170_000 }, async () => {
    const differences: string[] = [];
    let withResult = 0;
    for (const query of logqlQueries({ seed, count: queryCount, vocabulary: seededVocabulary })) {
      const [mine, real] = await asked(query);
      const difference = lokiDifference(query.query, mine, real);
      if (difference !== null) differences.push(`${query.kind} ${query.query}\n    ${difference}`);
      if (mine.status === 200 && JSON.stringify(normaliseLoki(mine.body)).length > 60) withResult += 1;
    }
    expect(differences).toEqual([]);
    // Empty answers agree easily.
    expect(withResult).toBeGreaterThan(queryCount / 3);
  });

  test('another direction, limit, interval or form of labels gives the same lines', async () => {
    const query = '{service_name=~".+"} | logfmt';
    for (const more of [
      { limit: '7' },
      { limit: '7', direction: 'forward' },
      { direction: 'forward', interval: '20s' },
      { direction: 'backward', interval: '1m' },
    ]) {
      const [mine, real] = await both('query_range', { query, ...window, limit: '1000', ...more });
      expect(lokiDifference(query, mine, real), JSON.stringify(more)).toBeNull();
    }
    const flag = { 'x-loki-response-encoding-flags': 'categorize-labels' };
    const [mine, real] = await both('query_range', { query, ...window, limit: '1000' }, flag);
    expect(mine.status).toBe(200);
    expect(lokiDifference(query, mine, real)).toBeNull();
  });

  test.each([
    ['labels', {}],
    ['label/service_name/values', {}],
    ['label/service_name/values', { query: '{service_namespace="inner"}' }],
    ['label/no_such/values', {}],
    ['series', { match: '{service_name=~"a.*|w.*"}' }],
    ['series', {}],
  ])('%s %j is the same', async (path, parameters) => {
    const [mine, real] = await both(path, { ...window, ...parameters });
    expect(normaliseLoki(mine.body)).toEqual(normaliseLoki(real.body));
  });

  test.each([
    ['query_range', { query: '{a="b"' }],
    ['query_range', { query: '' }],
    ['query_range', { query: '{}' }],
    ['query_range', { query: '{a=~".*"}' }],
    ['query_range', { query: '{a="b"} |~ "("' }],
    ['query_range', { query: '{a="b"} | line_format "{{.x"' }],
    ['query_range', { query: 'topk(0, rate({a="b"}[1m]))' }],
    ['query_range', { query: 'sum_over_time({a="b"}[1m])' }],
    ['query_range', { query: '{a="b"}', limit: '5001' }],
    ['query_range', { query: '{a="b"}', start: '20', end: '10' }],
    ['query_range', { query: 'rate({a="b"}[1m])', step: '0' }],
    ['query', { query: '{a="b"}' }],
  ])('%s %j is refused by both with 400', async (path, parameters) => {
    const [mine, real] = await both(path, parameters);
    expect([mine.status, real.status]).toEqual([400, 400]);
  });

  test('detected fields have the same names and types, volumes the same series', async () => {
    const query = '{service_name="api"}';
    const [mine, real] = await both('detected_fields', { query, ...window, line_limit: '1000' });
    const typesOf = ({ body }: LokiAnswer) =>
      Object.fromEntries((body as { fields: { label: string; type: string }[] }).fields.map(({ label, type }) => [label, type]));
    expect(Object.keys(typesOf(mine)).sort()).toEqual(Object.keys(typesOf(real)).sort());
    for (const path of ['index/volume', 'index/volume_range']) {
      const metrics = (await both(path, { query: '{service_name=~".+"}', ...window, step: '60', targetLabels: 'service_name' })).map(
        ({ body }) => (body as { data: { result: { metric: object }[] } }).data.result.map(({ metric }) => JSON.stringify(metric)).sort(),
      );
      expect(metrics[0]).toEqual(metrics[1]);
    }
  });

  test("the harness's own client reads the same lines from both", async () => {
    const query = '{service_name="worker"} | severity_text="ERROR"';
    const [mine, real] = await Promise.all(
      [embedded.url, loki.url].map((url) => queryLogs({ url }, query, fromMs / 1_000, toMs / 1_000, 1_000)),
    );
    expect(mine!.length).toBeGreaterThan(5);
    expect(mine).toEqual(real);
  });
});
