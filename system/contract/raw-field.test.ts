import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawField } from './raw-field.ts';

const spaces = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

/** JSON with arbitrary space around every token of the outer object. */
const spaced = (members: readonly (readonly [string, string])[], space: readonly string[]) => {
  let next = 0;
  const gap = () => space[next++ % space.length] ?? '';
  const inner = members.map(([key, value]) => `${gap()}${key}${gap()}:${gap()}${value}${gap()}`);
  return `${gap()}{${inner.join(',')}${members.length === 0 ? gap() : ''}}${gap()}`;
};

describe('the raw text of a field', () => {
  it('is what stood there, for any JSON value among any others', () => {
    const property = fc.property(
      fc.array(fc.tuple(fc.string(), fc.jsonValue())),
      fc.array(fc.tuple(fc.string(), fc.jsonValue())),
      fc.jsonValue(),
      fc.constantFrom(0, 1, 2),
      fc.array(spaces, { minLength: 1, maxLength: 7 }),
      (before, after, value, indent, space) => {
        const raw = JSON.stringify(value, null, indent);
        const others = (members: readonly (readonly [string, unknown])[]) =>
          members.filter(([key]) => key !== 'metadata').map(([key, other]) => [JSON.stringify(key), JSON.stringify(other)] as const);
        const json = spaced([...others(before), ['"metadata"', raw], ...others(after)], space);
        expect(rawField(json, 'metadata')).toBe(raw);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it.each([
    [
      'digits that a double can not hold',
      '{"metadata":{"n":12345678901234567890.000000000000000001}}',
      '{"n":12345678901234567890.000000000000000001}',
    ],
    ['exponents', '{"metadata":[1E400,-0.0,1e-7]}', '[1E400,-0.0,1e-7]'],
    ['equal keys inside', '{"metadata":{"a":1,"a":2}}', '{"a":1,"a":2}'],
    ['brackets and quotes in strings', String.raw`{"x":"}\"{","metadata":["]","\\","\""]}`, String.raw`["]","\\","\""]`],
    ['a key with escapes', String.raw`{"met\u0061data":[1]}`, '[1]'],
    ['the last of equal keys, as JSON.parse does', '{"metadata":[1],"metadata":[2]}', '[2]'],
    ['space inside', '{"metadata" : { "a" :\n1 } }', '{ "a" :\n1 }'],
    ['scalars', '{"metadata":true,"b":null}', 'true'],
  ])('keeps %s', (_what, json, raw) => {
    expect(rawField(json, 'metadata')).toBe(raw);
  });

  it.each([
    ['an empty object', '{}'],
    ['a field of that name only deeper', '{"a":{"metadata":1}}'],
    ['a longer key', '{"metadata2":1,"metadat":2}'],
  ])('is undefined in %s', (_what, json) => {
    expect(rawField(json, 'metadata')).toBeUndefined();
  });

  it('takes nesting that would overflow a stack', () => {
    const raw = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(rawField(`{"metadata":${raw}}`, 'metadata')).toBe(raw);
  });

  it.each(['', '[]', '{', '{"a"', '{"a":}', '{"a":1', '{"a":1 "b":2}', '{"a":"', '{"a":[', 'null'])(
    'throws for %j, which was never admitted',
    (json) => {
      expect(() => rawField(json, 'metadata')).toThrow('no JSON object');
    },
  );
});
