import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtIns } from './built-ins.ts';
import { interpolate } from './interpolate.ts';
import type { Scope, ScopedVariable } from './interpolate.ts';

const times = { fromMs: 1_700_000_000_000, toMs: 1_700_000_900_000, stepMs: 15_000, scrapeMs: 1_000 };

const scope = (variables: Readonly<Record<string, ScopedVariable>> = {}): Scope => ({
  variables: new Map(Object.entries(variables)),
  builtIns: builtIns(times),
});
const one = (value: string): ScopedVariable => ({ values: [value], several: false });
const several = (...values: readonly string[]): ScopedVariable => ({ values, several: true });

describe('interpolate', () => {
  it.each(['$lane', '${lane}', '[[lane]]', '${lane:raw}', '[[lane:raw]]'])('fills %s in', (text) => {
    expect(interpolate(`x{lane="${text}"}`, scope({ lane: one('3') }), 'prometheus')).toBe('x{lane="3"}');
  });

  it('takes the longest name', () => {
    expect(interpolate('$a_b $a', scope({ a: one('1'), a_b: one('2') }), 'text')).toBe('2 1');
  });

  it.each<[string, string]>([
    ['${v:regex}', String.raw`(a\.b|c)`],
    ['${v:pipe}', 'a.b|c'],
    ['${v:csv}', 'a.b,c'],
    ['${v:raw}', 'a.b,c'],
    ['${v:glob}', '{a.b,c}'],
    ['${v:json}', '["a.b","c"]'],
    ['${v:singlequote}', "'a.b','c'"],
    ['${v:doublequote}', '"a.b","c"'],
    ['${v:text}', 'a.b + c'],
    ['${v:queryparam}', 'var-v=a.b&var-v=c'],
    ['${v:percentencode}', '%7Ba.b%2Cc%7D'],
  ])('formats several values as %s', (text, expected) => {
    expect(interpolate(text, scope({ v: several('a.b', 'c') }), 'prometheus')).toBe(expected);
  });

  it('puts several values into a query as alternatives, escaped for a regular expression inside a string', () => {
    expect(interpolate('x{a=~"$v"}', scope({ v: several('a.b', 'c') }), 'prometheus')).toBe(String.raw`x{a=~"(a\\.b|c)"}`);
    expect(interpolate('x{a=~"$v"}', scope({ v: several('c+') }), 'loki')).toBe(String.raw`x{a=~"c\\+"}`);
  });

  it('puts the value that stands for All in as it is', () => {
    expect(interpolate('x{a=~"$v"}', scope({ v: { ...several('.*'), allValue: '.*' } }), 'prometheus')).toBe('x{a=~".*"}');
    expect(interpolate('${v:regex}', scope({ v: { ...several('.+'), allValue: '.+' } }), 'prometheus')).toBe('.+');
  });

  it('never lets a value out of the string that it stands in', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (value, multi) => {
        const filled = interpolate('"$v"', scope({ v: { values: [value], several: multi } }), 'prometheus');
        expect(/^"(?:[^"\\]|\\[\s\S])*"$/.test(filled)).toBe(true);
      }),
    );
  });

  it('matches with the filled-in regular expression exactly the values that were chosen', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.string(), (values, other) => {
        const quoted = interpolate('$v', scope({ v: several(...values) }), 'prometheus');
        const pattern = new RegExp(`^(?:${quoted.replaceAll(/\\(["\\])/g, '$1')})$`);
        for (const value of values) expect(pattern.test(value)).toBe(true);
        expect(pattern.test(other)).toBe(values.includes(other));
      }),
    );
  });

  it.each<[string, string]>([
    ['$__interval', '15s'],
    ['${__interval_ms}', '15000'],
    ['$__rate_interval', '16s'],
    ['$__range', '900s'],
    ['$__range_s', '900'],
    ['$__range_ms', '900000'],
    ['$__from', '1700000000000'],
    ['${__to}', '1700000900000'],
    ['${__from:date}', '2023-11-14T22:13:20.000Z'],
    ['${__from:date:seconds}', '1700000000'],
  ])("fills Grafana's own %s in", (text, expected) => {
    expect(interpolate(text, scope(), 'prometheus')).toBe(expected);
  });

  it('leaves the capture groups of label_replace alone', () => {
    const query = 'label_replace(up, "a", "$1-${2}", "b", "(.*)$")';
    expect(interpolate(query, scope(), 'prometheus')).toBe(query);
  });

  it.each<[string, RegExp]>([
    ['$lnae', /^\$lnae is no variable of the dashboard \(lane\)/],
    ['${lane:shout}', /^\$\{lane:shout\} has the format "shout", which is not understood/],
    ['${__from:week}', /has the format "week"/],
    ['${lane.field}', /is not understood/],
  ])('refuses %s by name', (text, message) => {
    expect(() => interpolate(text, scope({ lane: one('1') }), 'prometheus')).toThrow(message);
  });

  it('refuses a variable without any value', () => {
    expect(() => interpolate('$lane', scope({ lane: several() }), 'prometheus')).toThrow('$lane has no value');
  });
});
