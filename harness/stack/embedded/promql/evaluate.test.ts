import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { formatFloat } from './float-text.ts';
import { formatLabels } from './labels.ts';
import { PromqlError } from './promql-error.ts';
import { storageOf } from './series-text.ts';
import type { Storage } from './storage.ts';

const minute = 60_000;

const instant = (query: string, storage: Storage, timeMs: number): Record<string, string> => {
  const { result } = evaluate(query, { kind: 'instant', timeMs }, storage);
  if (result.type === 'scalar') return { scalar: formatFloat(result.value) };
  if (result.type === 'string') return { string: result.text };
  if (result.type === 'vector')
    return Object.fromEntries(result.samples.map(({ labels, value }) => [formatLabels(labels), formatFloat(value)]));
  return Object.fromEntries(
    result.series.map(({ labels, points }) => [
      formatLabels(labels),
      points.map((point) => `${formatFloat(point.value)}@${point.timeMs}`).join(' '),
    ]),
  );
};

const range = (query: string, storage: Storage, startMs: number, endMs: number, stepMs: number): Record<string, string> => {
  const { result } = evaluate(query, { kind: 'range', startMs, endMs, stepMs }, storage);
  if (result.type !== 'matrix') throw new Error(`a range query gave a ${result.type}`);
  return Object.fromEntries(
    result.series.map(({ labels, points }) => [
      formatLabels(labels),
      points.map((point) => `${formatFloat(point.value)}@${point.timeMs / 1000}`).join(' '),
    ]),
  );
};

const failure = (query: string, storage: Storage = storageOf(''), timeMs = 0): PromqlError => {
  try {
    evaluate(query, { kind: 'instant', timeMs }, storage);
  } catch (error) {
    if (error instanceof PromqlError) return error;
    throw error;
  }
  throw new Error(`${query} did not fail`);
};

describe('selectors', () => {
  const storage = storageOf(`
    up{job="a"} 1 1 1
    up{job="b"} 0 0 stale
    other{job="a"} 7`);

  it('match by equality, inequality and whole-value expressions', () => {
    expect(instant('up{job="a"}', storage, minute)).toEqual({ '{__name__="up", job="a"}': '1' });
    expect(instant('up{job!="a"}', storage, minute)).toEqual({ '{__name__="up", job="b"}': '0' });
    expect(instant('{__name__=~"up|oth", job=~".*"}', storage, minute)).toEqual({
      '{__name__="up", job="a"}': '1',
      '{__name__="up", job="b"}': '0',
    });
    expect(instant('up{missing=""}', storage, minute)).toHaveProperty('{__name__="up", job="a"}');
  });

  it('end a series at its stale marker at once', () => {
    expect(instant('up{job="b"}', storage, 2 * minute - 1)).toEqual({ '{__name__="up", job="b"}': '0' });
    expect(instant('up{job="b"}', storage, 2 * minute)).toEqual({});
  });

  it('look back five minutes, the sample exactly that old excluded', () => {
    expect(instant('other', storage, 5 * minute - 1)).toEqual({ '{__name__="other", job="a"}': '7' });
    expect(instant('other', storage, 5 * minute)).toEqual({});
  });

  it('take ranges that are open on the left and closed on the right', () => {
    expect(instant('up{job="a"}[1m]', storage, 2 * minute)).toEqual({ '{__name__="up", job="a"}': '1@120000' });
  });

  it('leave stale markers out of ranges', () => {
    expect(instant('count_over_time(up{job="b"}[5m])', storage, 3 * minute)).toEqual({ '{job="b"}': '2' });
  });
});

describe('offset, @ and subqueries', () => {
  const storage = storageOf('n_total 0+10x10');

  it('shift what a selector sees, also forwards', () => {
    expect(instant('n_total offset 2m', storage, 5 * minute)).toEqual({ '{__name__="n_total"}': '30' });
    expect(instant('n_total offset -2m', storage, 5 * minute)).toEqual({ '{__name__="n_total"}': '70' });
    expect(instant('n_total @ 120', storage, 5 * minute)).toEqual({ '{__name__="n_total"}': '20' });
  });

  it('hold @ start() and end() over all steps of a range', () => {
    expect(range('n_total @ end() - n_total @ start()', storage, minute, 3 * minute, minute)).toEqual({ '{}': '20@60 20@120 20@180' });
  });

  it('bind a modifier to its own operand, not to the whole expression', () => {
    expect(instant('n_total * 0 + n_total offset 2m * 2', storage, 5 * minute)).toEqual({ '{}': '60' });
    expect(instant('-n_total offset 2m', storage, 5 * minute)).toEqual({ '{}': '-30' });
  });

  it('run a subquery on steps that are multiples of its own step', () => {
    expect(instant('n_total[2m:45s]', storage, 5 * minute)).toEqual({ '{__name__="n_total"}': '30@225000 40@270000' });
    expect(instant('max_over_time(rate(n_total[2m])[3m:1m])', storage, 8 * minute)).toEqual({ '{}': formatFloat(1 / 6) });
  });

  it('take durations as seconds, as units, and as arithmetic', () => {
    for (const text of ['120', '2m', '1m60s', '(1m + 60)', 'max_of(2m, 10s)', '0x78']) {
      expect(instant(`count_over_time(n_total[${text}])`, storage, 5 * minute)).toEqual({ '{}': '2' });
    }
  });
});

describe('rate and its kin', () => {
  it('extrapolate to the bounds of the range where samples reach near them', () => {
    const storage = storageOf('n_total 100+10x20');
    expect(instant('increase(n_total[5m])', storage, 10 * minute)).toEqual({ '{}': '50' });
    expect(instant('rate(n_total[5m])', storage, 10 * minute + 30_000)).toEqual({ '{}': formatFloat(50 / 300) });
  });

  it('extrapolate by half an interval where the series begins inside the range', () => {
    const storage = storageOf('n_total _ _ _ _ _ _ 100 110 120');
    expect(instant('increase(n_total[10m])', storage, 8 * minute)).toEqual({ '{}': '25' });
  });

  it('do not extrapolate a counter to before its zero', () => {
    const storage = storageOf('n_total _ _ _ _ _ _ 1 11 21');
    const [value] = Object.values(instant('increase(n_total[10m])', storage, 8 * minute));
    expect(Number(value)).toBeCloseTo(21, 9);
  });

  it('count a counter that fell as begun again from zero', () => {
    const storage = storageOf('n_total 100+10x2 5 15');
    expect(instant('resets(n_total[10m])', storage, 4 * minute)).toEqual({ '{}': '1' });
    expect(instant('irate(n_total[10m])', storage, 3 * minute)).toEqual({ '{}': formatFloat(5 / 60) });
    expect(instant('increase(n_total[4m1s])', storage, 4 * minute)).toEqual({ '{}': formatFloat((35 * (240 + 1)) / 240) });
  });

  it('give nothing for fewer than two samples', () => {
    expect(instant('rate(n_total[1m])', storageOf('n_total 0+10x5'), 5 * minute)).toEqual({});
  });

  it('tell that a gauge is no counter', () => {
    const { infos } = evaluate('rate(temperature[5m])', { kind: 'instant', timeMs: 3 * minute }, storageOf('temperature 1 2 3 4'));
    expect(infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "temperature" (1:6)',
    ]);
  });
});

describe('operators', () => {
  const storage = storageOf(`
    done{code="200", lane="0"} 10
    done{code="500", lane="0"} 2
    done{code="200", lane="1"} 30
    size{lane="0"} 4
    size{lane="1"} 5`);

  it('match series by their labels and drop the name of what is calculated', () => {
    expect(instant('done{code="200"} / on(lane) size', storage, 0)).toEqual({ '{lane="0"}': '2.5', '{lane="1"}': '6' });
    expect(instant('done{code="200"} / ignoring(code) size', storage, 0)).toEqual({ '{lane="0"}': '2.5', '{lane="1"}': '6' });
  });

  it('take labels of the one side with group_left', () => {
    expect(instant('done * on(lane) group_left size', storage, 0)).toEqual({
      '{code="200", lane="0"}': '40',
      '{code="500", lane="0"}': '8',
      '{code="200", lane="1"}': '150',
    });
  });

  it('filter with comparisons and keep the name, or answer 0 and 1 with bool', () => {
    expect(instant('done > 9', storage, 0)).toEqual({
      '{__name__="done", code="200", lane="0"}': '10',
      '{__name__="done", code="200", lane="1"}': '30',
    });
    expect(instant('9 < done{code="500"}', storage, 0)).toEqual({});
    expect(instant('done{code="500"} > bool 9', storage, 0)).toEqual({ '{code="500", lane="0"}': '0' });
  });

  it('combine sets', () => {
    expect(Object.keys(instant('size and on(lane) done{code="500"}', storage, 0))).toEqual(['{__name__="size", lane="0"}']);
    expect(Object.keys(instant('size unless on(lane) done{code="500"}', storage, 0))).toEqual(['{__name__="size", lane="1"}']);
    expect(Object.keys(instant('size{lane="0"} or size', storage, 0))).toHaveLength(2);
  });

  it('bind as Prometheus binds them', () => {
    const none = storageOf('');
    expect(instant('-1^2', none, 0)).toEqual({ scalar: '-1' });
    expect(instant('2^3^2', none, 0)).toEqual({ scalar: '512' });
    expect(instant('1 + 2 * 3 % 2', none, 0)).toEqual({ scalar: '1' });
    expect(instant('8 / 2 / 2 - -1', none, 0)).toEqual({ scalar: '3' });
    expect(instant('-5 % 3', none, 0)).toEqual({ scalar: '-2' });
    expect(instant('1 / 0', none, 0)).toEqual({ scalar: '+Inf' });
  });

  it('refuse matches that are not unique, and say which', () => {
    expect(failure('size * on(lane) done', storage).message).toBe(
      'found duplicate series for the match group {lane="0"} on the right hand-side of the operation: ' +
        '[{__name__="done", code="200", lane="0"}, {__name__="done", code="500", lane="0"}]' +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    );
    expect(failure('done * on(lane) size', storage).message).toBe(
      'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    );
    expect(failure('done * on(lane) size', storage).errorType).toBe('execution');
  });

  it('match nothing at a step where one side is empty, so that twins on the other are no matter there', () => {
    const apart = storageOf(`
      twin{a="1", lane="0"} 1 stale
      twin{a="2", lane="0"} 2 2
      size{lane="0"} _ 5`);
    const found = { '{lane="0"}': '10@60' };
    expect(range('twin * on(lane) group_right size', apart, 0, minute, minute)).toEqual(found);
    expect(range('size * on(lane) group_left twin', apart, 0, minute, minute)).toEqual(found);
    expect(() => range('twin * on(lane) group_right () (size or vector(1))', apart, 0, minute, minute)).toThrow('found duplicate series');
  });
});

describe('aggregations', () => {
  const storage = storageOf(`
    x{a="1", b="1"} 1
    x{a="1", b="2"} 2
    x{a="2", b="3"} 30
    x{a="2", b="4"} NaN`);

  it('group by labels, or without them', () => {
    expect(instant('sum by (a) (x{b!="4"})', storage, 0)).toEqual({ '{a="1"}': '3', '{a="2"}': '30' });
    expect(instant('count(x) without (b)', storage, 0)).toEqual({ '{a="1"}': '2', '{a="2"}': '2' });
    expect(instant('avg(x{a="1"})', storage, 0)).toEqual({ '{}': '1.5' });
  });

  it('let numbers win over NaN in min and max', () => {
    expect(instant('max by (a) (x)', storage, 0)).toEqual({ '{a="1"}': '2', '{a="2"}': '30' });
  });

  it('keep whole series in topk, best first, and NaN last', () => {
    expect(Object.values(instant('topk(2, x)', storage, 0))).toEqual(['30', '2']);
    expect(Object.values(instant('bottomk(4, x)', storage, 0))).toEqual(['1', '2', '30', 'NaN']);
    expect(instant('topk(0, x)', storage, 0)).toEqual({});
  });

  it('count values by their text', () => {
    expect(instant('count_values("v", x{a="1"})', storage, 0)).toEqual({ '{v="1"}': '1', '{v="2"}': '1' });
  });

  it('sum without losing small numbers among large ones', () => {
    expect(instant('sum(y)', storageOf('y{i="1"} 1e100\ny{i="2"} 1\ny{i="3"} -1e100'), 0)).toEqual({ '{}': '1' });
  });
});

describe('histogram_quantile', () => {
  const buckets = (counts: string): Storage =>
    storageOf(['0.1', '0.5', '1', '+Inf'].map((le, index) => `d_bucket{le="${le}"} ${counts.split(' ')[index]}`).join('\n'));

  it('interpolates inside a bucket, from 0 in the first', () => {
    expect(instant('histogram_quantile(0.5, d_bucket)', buckets('8 24 32 32'), 0)).toEqual({ '{}': '0.30000000000000004' });
    expect(instant('histogram_quantile(0.125, d_bucket)', buckets('10 30 40 40'), 0)).toEqual({ '{}': '0.05' });
  });

  it('gives the highest finite bound for what lies above it', () => {
    expect(instant('histogram_quantile(0.99, d_bucket)', buckets('10 30 40 80'), 0)).toEqual({ '{}': '1' });
  });

  it('gives NaN without observations, and without a bucket for all', () => {
    expect(instant('histogram_quantile(0.5, d_bucket)', buckets('0 0 0 0'), 0)).toEqual({ '{}': 'NaN' });
    expect(instant('histogram_quantile(0.5, d_bucket{le!="+Inf"})', buckets('1 2 3 3'), 0)).toEqual({ '{}': 'NaN' });
  });

  it('repairs counts that fall, and says so', () => {
    const { result, infos } = evaluate('histogram_quantile(0.5, d_bucket)', { kind: 'instant', timeMs: 0 }, buckets('10 5 40 40'));
    expect(result).toMatchObject({ samples: [{ value: 0.5 + 0.5 / 3 }] });
    expect(infos[0]).toContain('needed to be fixed for monotonicity');
    expect(infos[0]).toContain('from buckets 0.5 to 0.5, with a max diff of 5, over 1 samples from 1970-01-01T00:00:00Z');
  });

  it('gives infinities and a warning for a quantile outside 0 to 1', () => {
    const { result, warnings } = evaluate('histogram_quantile(1.5, d_bucket)', { kind: 'instant', timeMs: 0 }, buckets('1 1 1 1'));
    expect(result).toMatchObject({ samples: [{ value: Infinity }] });
    expect(warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:20)']);
  });
});

describe('absence', () => {
  it('is never 0: an empty answer stays empty through arithmetic and sums', () => {
    expect(instant('sum(missing) + 1', storageOf(''), 0)).toEqual({});
    expect(instant('missing or vector(0)', storageOf(''), 0)).toEqual({ '{}': '0' });
  });

  it('can be asked for, with the labels that are known', () => {
    expect(instant('absent(missing{job="a", path=~".+"})', storageOf(''), 0)).toEqual({ '{job="a"}': '1' });
    expect(instant('absent_over_time(missing{job="a"}[5m])', storageOf(''), 0)).toEqual({ '{job="a"}': '1' });
    // As a Prometheus that has data: its store looks for what is not "b" last, and so does absent().
    expect(instant('absent(missing{job!="b", job="a"})', storageOf('here 1'), 0)).toEqual({ '{}': '1' });
    expect(instant('absent(missing{job!="", job="a"})', storageOf('here 1'), 0)).toEqual({ '{job="a"}': '1' });
    expect(instant('absent(here)', storageOf('here 1'), 0)).toEqual({});
  });
});

describe('functions of values, labels and time', () => {
  const storage = storageOf('x{path="/a/b"} -2.5');

  it('drop the name', () => {
    expect(instant('abs(x)', storage, 0)).toEqual({ '{path="/a/b"}': '2.5' });
    expect(instant('clamp(x, -1, 1)', storage, 0)).toEqual({ '{path="/a/b"}': '-1' });
    expect(instant('round(x, 0.5)', storage, 0)).toEqual({ '{path="/a/b"}': '-2.5' });
    expect(instant('scalar(x) * 2', storage, 0)).toEqual({ scalar: '-5' });
  });

  it('replace and join labels', () => {
    expect(instant('label_replace(x, "first", "$1", "path", "/(.)/.*")', storage, 0)).toEqual({
      '{__name__="x", first="a", path="/a/b"}': '-2.5',
    });
    expect(instant('label_join(x, "both", "-", "path", "path")', storage, 0)).toEqual({
      '{__name__="x", both="/a/b-/a/b", path="/a/b"}': '-2.5',
    });
  });

  it('read times in UTC', () => {
    expect(instant('day_of_week(vector(1136239445))', storage, 0)).toEqual({ '{}': '1' });
    expect(instant('days_in_month(vector(1454284800))', storage, 0)).toEqual({ '{}': '29' });
    expect(instant('timestamp(x)', storage, minute)).toEqual({ '{path="/a/b"}': '0' });
    expect(instant('time()', storage, 1500)).toEqual({ scalar: '1.5' });
  });
});

describe('errors', () => {
  it.each([
    ['sum(', '1:5: parse error: unexpected end of input'],
    ['up{job="a"', '1:11: parse error: unexpected end of input'],
    ['up up', '1:4: parse error: unexpected "up"'],
    ['frobnicate(up)', '1:1: parse error: unknown function with name "frobnicate"'],
    ['rate(up)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
    ['abs(up[5m])', '1:5: parse error: expected type instant vector in call to function "abs", got range vector'],
    ['rate(up[5m], 1)', '1:1: parse error: expected 1 argument(s) in call to "rate", got 2'],
    ['1 == 1', '1:1: parse error: comparisons between scalars must use BOOL modifier'],
    ['up + bool up', '1:1: parse error: bool modifier can only be used on comparison operators'],
    ['1 and up', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['{job=""}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['up{a=~"("}', '1:4: parse error: error parsing regexp: missing closing ): `(`'],
    ['sum(up)[5m]', '1:8: parse error: ranges only allowed for vector selectors'],
    ['up offset 1m offset 2m', '1:1: parse error: offset may not be set multiple times'],
    ['up[0s]', '1:4: parse error: duration must be greater than 0'],
    ['up\n  + {', '2:6: parse error: unexpected end of input'],
    ['', '1:1: parse error: no expression found in input'],
  ])('%s says where and what', (query, message) => {
    expect(failure(query)).toMatchObject({ errorType: 'bad_data', message });
  });

  it.each([
    ['limitk(1, up)', 'limitk() is experimental'],
    ['info(up)', 'function "info" is not enabled'],
    ['mad_over_time(up[5m])', 'function "mad_over_time" is not enabled'],
    ['histogram_sum(up)', 'native histograms'],
    ['rate(up[5m] smoothed)', 'smoothed modifier is experimental'],
    ['up + fill(0) up', 'fill modifiers are experimental'],
    ['up </ 1', 'native histograms'],
  ])('%s is refused by name and position', (query, part) => {
    const error = failure(query);
    expect(error.message).toContain(part);
    expect(error.position).not.toBeNull();
  });

  it('refuses a range query of a range vector', () => {
    expect(() => evaluate('up[5m]', { kind: 'range', startMs: 0, endMs: 1, stepMs: 1 }, storageOf(''))).toThrow(
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    );
  });

  it('refuses series that become equal when their names are dropped', () => {
    expect(failure('rate({__name__=~".+_total"}[5m])', storageOf('a_total 1 2\nb_total 1 2'), minute).message).toBe(
      'vector cannot contain metrics with the same labelset',
    );
  });
});
