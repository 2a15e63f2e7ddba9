import fc from 'fast-check';
import { expect, test } from 'vitest';
import { showToGrammar } from './grammar-gaps.ts';

test.each([
  ['{ nestedSetParent < 0 }', '{ rootServiceName < 0 }'],
  ['{ nestedSetRight > 2 }', '{ statusMessage  > 2 }'],
  ['{ span:childCount = 1 }', '{ span:id         = 1 }'],
  ['{ span.nestedSetLeft = 1 }', '{ span.nestedSetLeft = 1 }'],
  ['{ .nestedSetLeft = "nestedSetLeft" }', '{ .nestedSetLeft = "nestedSetLeft" }'],
  ['{ duration > 1h30m }', '{ duration > 1s    }'],
  ['{ duration > 90m }', '{ duration > 90m }'],
  ['{ span.a > .5 && span.b1.5x = 2 }', '{ span.a > 05 && span.b1.5x = 2 }'],
  ['{ span.a = "\\n b" && .b = "c" }', '{ span.a = "xxxx" && .b = "c" }'],
  ['{ span.a = "\\n }', '{ span.a = "\\n }'],
  ['{ } | rate() with(exemplars=10)', '{ } | rate()                   '],
])('%s is shown as %s', (query, shown) => {
  expect(showToGrammar(query).shown).toBe(shown);
});

test('what is shown is as long as what was written, whatever it is', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '"',
    '`',
    '\\',
    ' ',
    '.',
    '1',
    '5s',
    '1h2m',
    '.9',
    'with',
    '(',
    ')',
    'nestedSetLeft',
    'span:childCount',
    'span.',
    'a',
    '//',
    '/*',
    '\n',
    '1e5',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const query = pieces.join('');
      expect(showToGrammar(query).shown).toHaveLength(query.length);
    }),
  );
});
