import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeOf, readViewState, writeViewState } from './url-state.ts';

const dashboard = { time: { from: 'now-15m', to: 'now' }, refresh: '5s' };

describe('the state of a view', () => {
  it('survives the way through a link', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]\w*$/), fc.array(fc.string(), { minLength: 1 })), (variables) => {
        const state = { from: 'now-5m', to: '1700000000000', refresh: '', variables };
        expect(readViewState(writeViewState(state), dashboard)).toEqual(state);
      }),
    );
  });

  it('leaves in a link what is not its own, as the queries of Explore', () => {
    const state = { from: 'now-5m', to: 'now', refresh: '5s', variables: { lane: ['1'] } };
    const link = writeViewState(state, '?from=now-1h&panes=%7B%22a%22%3A1%7D&var-lane=2&var-lane=3&refresh=1s&schemaVersion=1');
    expect(readViewState(link, dashboard)).toEqual(state);
    const parameters = new URLSearchParams(link);
    expect([parameters.get('panes'), parameters.get('schemaVersion')]).toEqual(['{"a":1}', '1']);
    expect(writeViewState(state, link)).toBe(link);
  });

  it('is as the dashboard has it where the link says nothing, or nonsense', () => {
    expect(readViewState('', dashboard)).toEqual({ from: 'now-15m', to: 'now', refresh: '5s', variables: {} });
    expect(readViewState('?from=whenever', dashboard).from).toBe('now-15m');
  });
});

describe('rangeOf', () => {
  it('counts from now', () => expect(rangeOf({ from: 'now-15m', to: 'now' }, 1_000_000)).toEqual({ fromMs: 100_000, toMs: 1_000_000 }));
  it('never runs backwards', () => {
    const { fromMs, toMs } = rangeOf({ from: 'now', to: 'now-5m' }, 1_000_000);
    expect(fromMs).toBeLessThan(toMs);
  });
});
