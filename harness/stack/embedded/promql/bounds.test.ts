import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import type { PromqlError } from './promql-error.ts';
import { storageOf } from './series-text.ts';

const failure = (query: string): PromqlError => {
  try {
    evaluate(query, { kind: 'instant', timeMs: 0 }, storageOf(''));
  } catch (error) {
    return error as PromqlError;
  }
  throw new Error(`${query} did not fail`);
};

describe('the bounds of a query', () => {
  it.each([
    ['parentheses', (depth: number) => `${'('.repeat(depth)}1${')'.repeat(depth)}`],
    ['calls', (depth: number) => `${'abs('.repeat(depth)}up${')'.repeat(depth)}`],
    ['aggregations', (depth: number) => `${'sum('.repeat(depth)}up${')'.repeat(depth)}`],
    [
      'powers',
      (depth: number) =>
        Array(depth + 1)
          .fill('1')
          .join('^'),
    ],
    ['signs', (depth: number) => `${'-'.repeat(depth)}up`],
  ])('%s too deep for any reader are refused', (_name, nested) => {
    const refused = { errorType: 'bad_data', message: expect.stringMatching(/^1:\d+: parse error: nested deeper than 500$/) };
    expect(failure(nested(501))).toMatchObject(refused);
    expect(failure(nested(1_000))).toMatchObject(refused);
    expect(() => evaluate(nested(499), { kind: 'instant', timeMs: 0 }, storageOf('up 1'))).not.toThrow();
  });

  it('stops a query that needs too many samples, or too long', () => {
    const storage = storageOf('x 0+1x100');
    const at = { kind: 'range', startMs: 0, endMs: 6_000_000, stepMs: 1000 } as const;
    expect(() => evaluate('x', at, storage, { maxSamples: 6000 })).toThrow('too many samples');
    let nowMs = 0;
    const nowMsFast = (): number => (nowMs += 1000);
    expect(() => evaluate('x + x + x', at, storage, { timeoutMs: 2000, nowMs: nowMsFast })).toThrow('query timed out');
  });

  it('counts the steps of a subquery, also of one that reads no sample', () => {
    const tooMany = 'query processing would load too many samples into memory in query execution';
    for (const query of ['max_over_time(vector(1)[10y:1ms])', 'max_over_time(vector(time())[1d:1ms])', 'vector(1)[10y:1ms]']) {
      expect(failure(query)).toMatchObject({ errorType: 'execution', message: tooMany });
    }
    const at = { kind: 'instant', timeMs: 1_000_000 } as const;
    const query = 'count_over_time(vector(1)[100s:1s])';
    // A hundred steps, and one value of the result.
    expect(() => evaluate(query, at, storageOf(''), { maxSamples: 100 })).toThrow(tooMany);
    expect(evaluate(query, at, storageOf(''), { maxSamples: 101 }).result).toMatchObject({ samples: [{ value: 100 }] });
  });
});
