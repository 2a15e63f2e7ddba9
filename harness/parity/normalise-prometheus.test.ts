import { describe, expect, test } from 'vitest';
import { prometheusDifference, sameValue } from './normalise-prometheus.ts';

const vector = (...rows: readonly (readonly [Record<string, string>, string])[]) => ({
  status: 200,
  body: { status: 'success', data: { resultType: 'vector', result: rows.map(([metric, value]) => ({ metric, value: [10, value] })) } },
});

describe('answers of Prometheus', () => {
  test('are the same in another order of series and labels, and with digits that no sum can promise', () => {
    const one = vector([{ a: '1', b: '2' }, '0.30000000000000004'], [{ a: '2' }, 'NaN']);
    const other = vector([{ a: '2' }, 'NaN'], [{ b: '2', a: '1' }, '0.3']);
    expect(prometheusDifference('up', one, other)).toBeNull();
  });

  test('differ in a value, a series, a time or a kind, and say where', () => {
    const one = vector([{ a: '1' }, '1']);
    expect(prometheusDifference('up', one, vector([{ a: '1' }, '1.001']))).toContain('1 against 1.001');
    expect(prometheusDifference('up', one, vector())).toContain('only in the first');
    expect(prometheusDifference('up', vector(), one)).toContain('only in the second');
    const later = { status: 200, body: { data: { resultType: 'vector', result: [{ metric: { a: '1' }, value: [11, '1'] }] } } };
    expect(prometheusDifference('up', one, later)).toContain('nothing');
    expect(prometheusDifference('up', one, { status: 200, body: { data: { resultType: 'scalar', result: [10, '1'] } } })).toContain(
      'a vector against a scalar',
    );
  });

  test('that refuse are the same for the same kind of reason, whatever the words', () => {
    const refusal = (status: number, errorType: string, error: string) => ({ status, body: { status: 'error', errorType, error } });
    expect(prometheusDifference('x', refusal(400, 'bad_data', 'one'), refusal(400, 'bad_data', 'other'))).toBeNull();
    expect(prometheusDifference('x', refusal(400, 'bad_data', 'one'), refusal(422, 'execution', 'one'))).toContain('against');
    expect(prometheusDifference('x', refusal(400, 'bad_data', 'one'), vector())).toContain('with a result');
  });

  test('of topk may keep another of those that are tied, but no other value', () => {
    const one = vector([{ a: '1' }, '7']);
    expect(prometheusDifference('topk(1, x)', one, vector([{ a: '2' }, '7']))).toBeNull();
    expect(prometheusDifference('topk(1, x)', one, vector([{ a: '2' }, '6']))).not.toBeNull();
    expect(prometheusDifference('max(x)', one, vector([{ a: '2' }, '7']))).not.toBeNull();
  });

  test('may differ in the last digits of a label that count_values made, and in no other digit or label', () => {
    const [one, other] = [vector([{ made: '33253.958795561106' }, '1']), vector([{ made: '33253.9587955611' }, '1'])];
    expect(prometheusDifference('count_values without (job) ("made", sum(x))', one, other)).toBeNull();
    expect(prometheusDifference('count_values("another", sum(x))', one, other)).not.toBeNull();
    expect(prometheusDifference('count_values("made", sum(x))', one, vector([{ made: '33253.95' }, '1']))).not.toBeNull();
    expect(
      prometheusDifference(
        'count_values("made", sum(x))',
        one,
        vector([{ made: '33253.9587955611' }, '1'], [{ made: '33253.958795561106' }, '1']),
      ),
    ).not.toBeNull();
  });

  test('differ where only one of them warns', () => {
    const warned = { status: 200, body: { ...(vector().body as object), infos: ['might not be a counter'] } };
    expect(prometheusDifference('x', vector(), warned)).toContain('notes');
  });

  test('hold infinities and NaN apart from numbers', () => {
    expect(sameValue(Infinity, Infinity)).toBe(true);
    expect(sameValue(Infinity, -Infinity)).toBe(false);
    expect(sameValue(Number.NaN, 0)).toBe(false);
    expect(sameValue(1e300, 1e300 * (1 + 1e-10))).toBe(true);
  });
});
