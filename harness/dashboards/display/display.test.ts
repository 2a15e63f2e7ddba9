import { describe, expect, it } from 'vitest';
import { colorOf, textOn } from './colors.ts';
import { fieldFor } from './field-for.ts';
import { showValue, thresholdColor } from './show-value.ts';

const thresholds = {
  mode: 'absolute',
  steps: [
    { value: null, color: 'green' },
    { value: 10, color: '#ff0000' },
  ],
} as const;

describe('showValue', () => {
  it.each<[number | string | null, string, string | null]>([
    [9.99, '9.99', '#73BF69'],
    [10, '10', '#ff0000'],
    [-1, '-1', '#73BF69'],
    [Number.NaN, 'NaN', null],
    ['text', 'text', null],
  ])('shows %s as %s in the colour of its threshold', (value, text, color) => {
    expect(showValue(value, { thresholds, unit: 'none' })).toEqual({ text, color });
  });

  it('says that there is no value, in no colour, and never 0', () => {
    expect(showValue(null, { thresholds, unit: 'short' })).toEqual({ text: 'No data', color: null });
    expect(showValue(null, { thresholds, noValue: 'nothing yet' })).toEqual({ text: 'nothing yet', color: null });
    expect(showValue(0, { thresholds, noValue: 'nothing yet' }).text).toBe('0');
  });

  it('takes the first mapping that applies, with its colour', () => {
    const mappings = [
      { type: 'value', results: { '0': { text: 'off', color: 'blue' } } },
      { type: 'range', from: 1, to: 5, result: { text: 'some' } },
      { type: 'regex', pattern: '^err', result: { text: 'broken', color: 'red' } },
      { type: 'special', match: 'nan', result: { text: 'no traffic' } },
      { type: 'special', match: 'null', result: { text: 'absent', color: 'purple' } },
    ] as const;
    expect([0, 3, 6, 'error', Number.NaN, null].map((value) => showValue(value, { mappings, thresholds }))).toEqual([
      { text: 'off', color: '#5794F2' },
      { text: 'some', color: '#73BF69' },
      { text: '6', color: '#73BF69' },
      { text: 'broken', color: '#F2495C' },
      { text: 'no traffic', color: null },
      { text: 'absent', color: '#B877D9' },
    ]);
  });

  it('measures thresholds in percent on the way from least to most', () => {
    const half = {
      mode: 'percentage',
      steps: [
        { value: null, color: 'green' },
        { value: 50, color: 'red' },
      ],
    } as const;
    expect(thresholdColor(149, { thresholds: half, min: 100, max: 200 })).toBe('#73BF69');
    expect(thresholdColor(150, { thresholds: half, min: 100, max: 200 })).toBe('#F2495C');
  });
});

describe('fieldFor', () => {
  const overrides = [
    { matcher: { by: 'regexp', wanted: '/^p9/' }, config: { unit: 's', style: { lineWidth: 2 } } },
    { matcher: { by: 'name', wanted: 'p99' }, config: { decimals: 1, style: { fillOpacity: 5 } } },
    { matcher: { by: 'refId', wanted: 'B' }, config: { unit: 'bytes' } },
    { matcher: { by: 'type', wanted: 'time' }, config: { unit: 'ms' } },
  ] as const;
  const of = (name: string, refId = 'A', kind = 'number') =>
    fieldFor({ defaults: { unit: 'short', min: 0 }, overrides }, { name, refId, kind });

  it('lays each override that matches over the defaults, in order', () => {
    expect(of('p99')).toEqual({ unit: 's', min: 0, decimals: 1, style: { lineWidth: 2, fillOpacity: 5 } });
    expect(of('p95').style).toEqual({ lineWidth: 2 });
    expect(of('p50').unit).toBe('short');
    expect(of('p50', 'B').unit).toBe('bytes');
    expect(of('x', 'A', 'time').unit).toBe('ms');
  });
});

it.each<[string, string | null]>([
  ['green', '#73BF69'],
  ['dark-red', '#C4162A'],
  ['super-light-blue', '#C0D8FF'],
  ['#123456', '#123456'],
  ['transparent', 'transparent'],
  ['text', null],
  ['red; background: url(x)', null],
])('knows the colour %s', (name, expected) => expect(colorOf(name)).toBe(expected));

it('writes on each colour in the one that can be read', () => {
  expect([textOn('#FADE2A'), textOn('#C4162A'), textOn('#ffffff'), textOn('#000000')]).toEqual([
    '#000000',
    '#ffffff',
    '#000000',
    '#ffffff',
  ]);
});
