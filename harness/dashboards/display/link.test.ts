import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtIns } from '../interpolation/built-ins.ts';
import type { Scope } from '../interpolation/interpolate.ts';
import { needsValue, resolveLink, safeUrl } from './link.ts';

const scope: Scope = {
  builtIns: builtIns({ fromMs: 1_000, toMs: 2_000, stepMs: 1_000, scrapeMs: 1_000, chosen: { from: 'now-5m', to: 'now' } }),
  variables: new Map([
    ['run', { values: ['a/b c'], several: true }],
    ['all', { values: ['.*'], several: true, allValue: '.*' }],
    ['runbooks', { values: ['/runbooks'], several: false }],
  ]),
};
const resolve = (url: string, context?: Parameters<typeof resolveLink>[2]) =>
  resolveLink({ url, title: 'x', targetBlank: false, keepTime: false, includeVars: false }, scope, context)?.url;

describe('resolveLink', () => {
  it('fills time and variables in, as a URL wants them', () => {
    expect(resolve('/d/x?${__url_time_range}&${run:queryparam}')).toBe('/d/x?from=now-5m&to=now&var-run=a%2Fb%20c');
    expect(resolve('/explore?x=${all}&from=${__from}')).toBe('/explore?x=.*&from=1000');
    expect(resolve('${runbooks}/Lag.md')).toBe('/runbooks/Lag.md');
  });

  it('fills the value in that it is followed from', () => {
    const context = { text: '1 s', raw: 1, seriesName: 'p99', labels: { lane: 'a&b' }, row: { 'Trace ID': 'abc' } };
    expect(resolve('/t?v=${__value.raw}&l=${__field.labels.lane}&s=${__series.name}&r=${__data.fields["Trace ID"]}', context)).toBe(
      '/t?v=1&l=a%26b&s=p99&r=abc',
    );
    expect(needsValue({ url: '/x?${__field.labels.lane}', title: '', targetBlank: false, keepTime: false, includeVars: false })).toBe(true);
  });

  it.each(['javascript:alert(1)', 'java\tscript:alert(1)', 'data:text/html,x', '//elsewhere', '/\\elsewhere', ' vbscript:x', ''])(
    'does not lead to %j',
    (url) => expect(safeUrl(url)).toBeNull(),
  );

  it.each(['/d/x', '/trace/1#span-2', '?from=1', '#x', 'https://grafana.com', './y', 'runbooks/x.md'])('leads to %s', (url) =>
    expect(safeUrl(url)).toBe(url),
  );

  it('never lets a label become the beginning of a link to elsewhere', () => {
    fc.assert(
      fc.property(fc.string(), (label) => {
        const url = resolve('${__field.labels.x}', { text: '', raw: 0, labels: { x: label } });
        expect(url === undefined || new URL(url, 'http://here.test').origin === 'http://here.test').toBe(true);
      }),
    );
  });
});
