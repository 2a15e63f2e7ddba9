import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { applyFix } from './apply-fix.ts';
import { findFixProblems, type FixRule } from './fix-rules.ts';

const event = (metadata: string) => `{ "event_name":"paid", "metadata" : ${metadata} }`;
const fixed = (metadata: string, ...rules: readonly FixRule[]) => applyFix(event(metadata), rules);
const bodyOf = (metadata: string, ...rules: readonly FixRule[]) => {
  const made = fixed(metadata, ...rules);
  return made.outcome === 'changed' ? made.body : made;
};

describe('a fix', () => {
  it('replaces, and leaves every other character as it came', () => {
    expect(bodyOf('{"a": 1.10, "b":12345678901234567890}', { op: 'replace', path: '/metadata/a', value: { x: 'ü' } })).toBe(
      event('{"a": {"x":"ü"}, "b":12345678901234567890}'),
    );
  });

  it.each([
    ['{}', '{"a":null}'],
    ['{ "b":1 }', '{ "b":1,"a":null }'],
  ])('adds to %s a member that is not there', (before, after) => {
    expect(bodyOf(before, { op: 'replace', path: '/metadata/a', value: null })).toBe(event(after));
  });

  it('puts nothing where nothing is above it', () => {
    expect(fixed('[1]', { op: 'replace', path: '/metadata/a/b', value: 1 })).toMatchObject({ outcome: 'refused', rule: 0 });
    expect(fixed('[1]', { op: 'replace', path: '/metadata/1', value: 1 })).toMatchObject({ why: expect.stringContaining('an array') });
  });

  it('removes a member under all its names, or an earlier one would come to count', () => {
    expect(bodyOf(String.raw`{"a":1, "\u0061":2, "b":[1,2,3]}`, { op: 'remove', path: '/metadata/a' })).toBe(event('{"b":[1,2,3]}'));
    expect(bodyOf('{"b":[1, 2,3]}', { op: 'remove', path: '/metadata/b/1' })).toBe(event('{"b":[1,3]}'));
  });

  it('changes the last of equal keys, which is the one that counts', () => {
    expect(bodyOf('{"a":1,"a":"2"}', { op: 'cast', path: '/metadata/a', to: 'number' })).toBe(event('{"a":1,"a":2}'));
  });

  it('does nothing where there is nothing to remove or to cast', () => {
    const rules: readonly FixRule[] = [
      { op: 'remove', path: '/metadata/a' },
      { op: 'cast', path: '/metadata/a', to: 'number' },
    ];
    expect(fixed('{}', ...rules)).toEqual({ outcome: 'unchanged' });
  });

  it('says which rule changed what, by place and type and without a value', () => {
    expect(fixed('{"a":"7","b":1}', { op: 'remove', path: '/metadata/x' }, { op: 'cast', path: '/metadata/a', to: 'integer' })).toEqual({
      outcome: 'changed',
      body: event('{"a":7,"b":1}'),
      changes: [{ rule: 1, op: 'cast', path: '/metadata/a', from: 'string', to: 'number' }],
    });
  });

  it('takes the name of a member that has a slash or a tilde', () => {
    expect(bodyOf('{"a/b~c":1}', { op: 'replace', path: '/metadata/a~1b~0c', value: 2 })).toBe(event('{"a/b~c":2}'));
  });
});

describe('a cast', () => {
  test.each([
    ['"12345678901234567890.10"', 'number', '12345678901234567890.10'],
    ['"1e5"', 'number', '1e5'],
    ['"7.00"', 'integer', '7'],
    ['7.0', 'integer', '7'],
    ['1.10', 'string', '"1.10"'],
    ['true', 'string', '"true"'],
    ['"false"', 'boolean', 'false'],
  ] as const)('writes %s as %s', (before, to, after) => {
    expect(bodyOf(`{"a":${before}}`, { op: 'cast', path: '/metadata/a', to })).toBe(event(`{"a":${after}}`));
  });

  test.each([
    ['"seven"', 'number'],
    ['" 7"', 'number'],
    ['"0x7"', 'number'],
    ['"NaN"', 'number'],
    ['"1e999"', 'number'],
    ['"7.5"', 'integer'],
    ['true', 'number'],
    ['1', 'boolean'],
    ['"yes"', 'boolean'],
    ['null', 'string'],
    ['{}', 'string'],
  ] as const)('does not guess what %s is as %s, and fixes nothing of the event', (before, to) => {
    const rules: readonly FixRule[] = [
      { op: 'replace', path: '/metadata/b', value: 1 },
      { op: 'cast', path: '/metadata/a', to },
    ];
    expect(fixed(`{"a":${before}}`, ...rules)).toMatchObject({ outcome: 'refused', rule: 1, path: '/metadata/a' });
  });
});

describe('a condition', () => {
  test.each([
    [{ path: '/metadata/a' }, true],
    [{ path: '/metadata/x' }, false],
    [{ path: '/metadata/x', exists: false }, true],
    [{ path: '/metadata/a', type: 'string' }, true],
    [{ path: '/metadata/a', type: 'number' }, false],
    [{ path: '/metadata/a', equals: '7' }, true],
    [{ path: '/metadata/a', equals: 7 }, false],
    [{ path: '/metadata/o', equals: '{}' }, false],
    [{ path: '/event_name', equals: 'paid' }, true],
    [{ path: '/event_name', equals: 'paid', type: 'number' }, false],
  ] as const)('%j holds: %s', (when, expected) => {
    const made = fixed('{"a":"7","o":{}}', { op: 'replace', path: '/metadata/done', value: true, when });
    expect(made.outcome).toBe(expected ? 'changed' : 'unchanged');
  });
});

test('a fix of any JSON leaves JSON, and what it did not name says the same', () => {
  const property = fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), fc.jsonValue({ maxDepth: 2 }), (kept, key, value) => {
    fc.pre(key !== 'kept' && !/[\0\ud800-\udfff]/.test(JSON.stringify([key, value, kept])));
    const path = `/metadata/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const before = JSON.stringify({ metadata: { kept, other: 1 } });
    const made = applyFix(before, [{ op: 'replace', path, value }]);
    const after = made.outcome === 'changed' ? made.body : before;
    expect(JSON.parse(after)).toEqual(JSON.parse(JSON.stringify({ metadata: { kept, other: 1, [key]: value } })));
  });
  fc.assert(property);
});

describe('the rules of a fix', () => {
  test.each<[FixRule, string]>([
    [{ op: 'replace', path: '/event_name', value: 'x' }, 'below it'],
    [{ op: 'remove', path: '/metadatax' }, 'below it'],
    [{ op: 'remove', path: 'metadata' }, 'no JSON pointer'],
    [{ op: 'remove', path: '/metadata/~2' }, 'no JSON pointer'],
    [{ op: 'remove', path: '/metadata' }, 'only be replaced'],
    [{ op: 'replace', path: '/metadata', value: 7 }, 'only be replaced'],
    [{ op: 'replace', path: '/metadata/a', value: 'a\0' }, 'U+0000'],
    [{ op: 'replace', path: '/metadata/a', value: '\ud800' }, 'lone surrogate'],
    [{ op: 'remove', path: '/metadata/a', when: { path: 'a' } }, 'when.path'],
    [{ op: 'remove', path: '/metadata/a', when: { path: '/a', equals: [] } }, 'when.equals'],
  ])('%j are refused', (rule, why) => {
    expect(findFixProblems([rule])).toEqual([{ path: '/fix/0', message: expect.stringContaining(why) }]);
  });

  it('may replace metadata whole by an object', () => {
    expect(findFixProblems([{ op: 'replace', path: '/metadata', value: {} }])).toEqual([]);
  });
});
