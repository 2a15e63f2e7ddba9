import { expect, it } from 'vitest';
import { parseOnce } from './parse-once.ts';
import { parseExpression } from './parse.ts';

const first = { startMs: 1000, endMs: 61_000, stepMs: 1000 };
const second = { startMs: 5000, endMs: 305_000, stepMs: 5000 };

it('gives the tree of a query again, whatever the window', () => {
  expect(parseOnce('sum(rate(a{b=~"c.*"}[5m]))', second)).toBe(parseOnce('sum(rate(a{b=~"c.*"}[5m]))', first));
});

it.each(['a @ start()', 'a @ end ( )', 'a @ START()', 'a[step()]', 'a[max_of(range(), 10s)]', 'a offset step() * 2'])(
  'parses %s anew for each window, of which it speaks',
  (query) => {
    parseOnce(query, first);
    const shape = (window: typeof first): string => JSON.stringify(parseOnce(query, window));
    expect(shape(second)).toBe(JSON.stringify(parseExpression(query, second)));
    expect(shape(second)).not.toBe(shape(first));
  },
);

it('refuses a wrong query every time', () => {
  for (let time = 0; time < 2; time += 1) expect(() => parseOnce('a +', first)).toThrow('unexpected end of input');
});
