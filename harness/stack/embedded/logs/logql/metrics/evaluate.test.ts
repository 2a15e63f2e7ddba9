import { expect, test } from 'vitest';
import { matrixOf, storeOf, vectorOf } from '../testing.ts';

const store = storeOf('n=1 k=a', 'n=2 k=b', 'n=3 k=a', 'n=4 k=b', 'n=5 k=a');
const app = '{service_name="app"}';

const values = async (query: string, at = 5) => (await vectorOf(store, query, at)).map(([, value]) => value);

test.each<[string, number[]]>([
  [`sum(count_over_time(${app}[1m]))`, [5]],
  [`sum(count_over_time(${app}[2s]))`, [2]],
  [`sum(count_over_time(${app}[2s] offset 1s))`, [2]],
  [`sum(rate(${app}[20s]))`, [0.25]],
  [`sum(bytes_over_time(${app}[1m]))`, [35]],
  [`sum(bytes_rate(${app}[10s]))`, [3.5]],
  [`sum_over_time(${app} | logfmt | unwrap n [1m]) > 5`, [9, 6]],
  [`avg_over_time(${app} | logfmt | keep n | unwrap n [1m])`, [3]],
  [`max_over_time(${app} | logfmt | unwrap n [1m]) by (k)`, [5, 4]],
  [`quantile_over_time(0.5, ${app} | logfmt | unwrap n [1m]) by ()`, [3]],
  [`first_over_time(${app} | logfmt | unwrap n [1m]) by (k)`, [1, 2]],
  [`last_over_time(${app} | logfmt | unwrap n | n < 4 [1m]) by (k)`, [3, 2]],
  [`stdvar_over_time(${app} | logfmt | unwrap n [1m]) by (service_name)`, [2]],
  [`absent_over_time({service_name="nobody"}[1m])`, [1]],
  [`absent_over_time(${app}[1m])`, []],
  [`topk(1, sum by (k) (count_over_time(${app} | logfmt [1m])))`, [3]],
  [`sort_desc(sum by (k) (sum_over_time(${app} | logfmt | unwrap n [1m])))`, [9, 6]],
  [`sort(sum by (k) (sum_over_time(${app} | logfmt | unwrap n [1m])))`, [6, 9]],
  ['1 + 2 * 3 ^ 2', [19]],
  [`sum(count_over_time(${app}[1m])) + 2 * 3`, [11]],
  [`2 ^ 3 ^ 0 * sum(count_over_time(${app}[1m]))`, [10]],
  [`sum(count_over_time(${app}[1m])) / 0`, [Number.NaN]],
  [`sum(count_over_time(${app}[1m])) > bool 9`, [0]],
  [`sum(count_over_time(${app}[1m])) > 9`, []],
  ['vector(1) + vector(1)', [2]],
  [`sum by (k) (count_over_time(${app} | logfmt [1m])) / on () group_left sum(count_over_time(${app}[1m]))`, [0.6, 0.4]],
  [`sum by (k) (count_over_time(${app} | logfmt [1m])) unless sum by (k) (count_over_time(${app} | logfmt | k="a" [1m]))`, [2]],
  [`sum(count_over_time({service_name="nobody"}[1m])) or vector(0)`, [0]],
])('%s is %j', async (query, expected) => {
  expect(await values(query)).toEqual(expected);
});

test('label_replace sets a label from another', async () => {
  const query = `label_replace(sum by (k) (count_over_time(${app} | logfmt [1m])), "kind", "k-$1", "k", "(.*)")`;
  expect((await vectorOf(store, query, 5)).map(([labels]) => labels)).toEqual([
    { k: 'a', kind: 'k-a' },
    { k: 'b', kind: 'k-b' },
  ]);
});

test('a range is open at its start and closed at its end, at each step', async () => {
  const [series] = await matrixOf(store, `sum(count_over_time(${app}[2s]))`, { startMs: 0, endMs: 8_000, stepMs: 2_000 });
  expect(series?.[1]).toEqual([
    [2_000, 2],
    [4_000, 2],
    [6_000, 1],
  ]);
});

test('an error of a pipeline fails the metric, unless it is filtered out or nobody reads that far', async () => {
  const broken = storeOf('{"a":"1","b":', '{"a":"1"}');
  await expect(vectorOf(broken, `count_over_time(${app} | json [1m])`, 5)).rejects.toThrow("pipeline error: 'JSONParserErr'");
  expect(await vectorOf(broken, `count_over_time(${app} | json | __error__="" [1m])`, 5)).toHaveLength(1);
  // All that is needed stands before the mistake, or nothing is.
  expect(await vectorOf(broken, `sum by (a) (count_over_time(${app} | json [1m]))`, 5)).toEqual([[{ a: '1' }, 2]]);
  expect(await vectorOf(broken, `sum(count_over_time(${app} | json [1m]))`, 5)).toEqual([[{}, 2]]);
});

test('a value that is no number fails the metric; a missing one is no sample', async () => {
  await expect(vectorOf(storeOf('n=x'), `sum_over_time(${app} | logfmt | unwrap n [1m])`, 5)).rejects.toThrow('SampleExtractionErr');
  expect(await vectorOf(storeOf('m=1'), `sum_over_time(${app} | logfmt | unwrap n [1m])`, 5)).toEqual([]);
});

test('a query with more series than the limit fails', async () => {
  const many = storeOf(...Array.from({ length: 101 }, (_, at) => `n=${at}`));
  await expect(vectorOf(many, `count_over_time(${app} | logfmt [10m])`, 200)).rejects.toThrow('maximum number of series (100)');
});

test('two series with the same labels on the one side can not be matched', async () => {
  const query = `sum(count_over_time(${app}[1m])) + on () sum by (k) (count_over_time(${app} | logfmt [1m]))`;
  await expect(vectorOf(store, query, 5)).rejects.toThrow('found duplicate series on the right hand-side');
});
