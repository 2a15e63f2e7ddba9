import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTimelineHandlers } from './timeline-handlers.ts';

describe('the code of versions', () => {
  test('begins with that of the first one, which may be built in', () => {
    expect(parseTimelineHandlers(null, null)).toEqual([{ code: 1, path: null }]);
    expect(parseTimelineHandlers('a.ts', '2=b.ts, 3 = dir/c=d.ts')).toEqual([
      { code: 1, path: resolve('a.ts') },
      { code: 2, path: resolve('b.ts') },
      { code: 3, path: resolve('dir/c=d.ts') },
    ]);
  });

  test.each([
    ['', "holds ''"],
    ['b.ts', "holds 'b.ts'"],
    ['2=', "holds '2='"],
    ['1=b.ts', 'names version 1'],
    ['2=b.ts,2=c.ts', 'names version 2 twice'],
  ])('%j is refused with its reason', (later, reason) => {
    expect(() => parseTimelineHandlers(null, later)).toThrow(reason);
  });
});
