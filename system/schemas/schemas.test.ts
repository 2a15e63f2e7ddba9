import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCheck } from './compile-check.ts';
import { findBreaks } from './compare.ts';
import { createSeededRandom, generate } from './generate.ts';
import { readSchema } from './read-schema.ts';
import type { SchemaNode } from './schema-node.ts';

const nodeOf = (schema: unknown): SchemaNode => {
  const { node, problems } = readSchema(schema);
  if (problems !== null) throw new Error(JSON.stringify(problems));
  return node;
};
const breaks = (from: unknown, to: unknown) => findBreaks(nodeOf(from), nodeOf(to)).map(({ path, reason }) => `${path} ${reason}`);
const closed = (properties: object, more: object = {}) => ({ type: 'object', properties, additionalProperties: false, ...more });

describe('a schema that has something else than its keyword asks for', () => {
  const keywords =
    'format minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength pattern items minItems maxItems properties required additionalProperties minProperties maxProperties enum';
  const types = ['number', 'string', 'array', 'object'];
  test.each(keywords.split(' '))('%s: null is refused with its place', (keyword) => {
    for (const type of types) {
      const { problems } = readSchema({ type: 'object', properties: { a: { type, [keyword]: null } } });
      expect(problems?.map(({ path }) => path)).toContain(`/properties/a/${keyword}`);
    }
  });
  test.each(['anyOf', '$ref', 'type', 'const'])('%s: null is refused with its place, or is the value null', (keyword) => {
    const { problems } = readSchema({ type: 'object', properties: { a: { [keyword]: null } } });
    expect(problems?.map(({ path }) => path) ?? null).toEqual(keyword === 'const' ? null : [`/properties/a/${keyword}`]);
  });
  test.each([[0], [true], [[]], [{}], [['date']]])('format: %j is refused with its place', (format) => {
    expect(readSchema({ type: 'object', format }).problems).toEqual([{ path: '/format', message: 'must be a string' }]);
  });
});

describe('comparing', () => {
  test('an optional member added to a closed schema is taken by the new one, and not by the old one', () => {
    const [old, now] = [closed({ total: { type: 'number' } }), closed({ total: { type: 'number' }, note: { type: 'string' } })];
    expect(breaks(old, now)).toEqual([]);
    expect(breaks(now, old)).toEqual(['/note member_not_taken']);
  });
  test('an optional member added to an open schema may have been there before, as anything', () => {
    const [old, now] = [{ type: 'object' }, { type: 'object', properties: { note: { type: 'string' } } }];
    expect(breaks(old, now)).toContain('/note type_not_taken');
    expect(breaks(now, old)).toEqual([]);
  });
  test('a number beyond any double is anything, and of no type', () => {
    const [old, now] = [closed({ a: {} }), closed({ a: { type: ['null', 'boolean', 'number', 'string', 'array', 'object'] } })];
    const event = JSON.parse('{"a": 1e400}') as unknown;
    expect([compileCheck(old).find(event, 0), compileCheck(now).find(event, 0)?.length]).toEqual([null, 1]);
    expect(breaks(old, now)).toEqual(['/a value_not_taken']);
    expect(breaks(now, old)).toEqual([]);
    const either = { anyOf: [{ type: 'string' }, {}] };
    expect([breaks(old, closed({ a: either })), breaks(closed({ a: either }), now)]).toEqual([[], ['/a value_not_taken']]);
  });
  test('a member that becomes required, a bound that narrows, a type that widens', () => {
    expect(breaks(closed({ a: { type: 'integer' } }), closed({ a: { type: 'integer' } }, { required: ['a'] }))).toEqual([
      '/a may_be_missing',
    ]);
    expect(breaks(closed({ a: { type: 'integer', maximum: 9 } }), closed({ a: { type: 'integer', exclusiveMaximum: 9 } }))).toEqual([
      '/a bound_narrower',
    ]);
    expect(breaks(closed({ a: { type: 'integer', exclusiveMaximum: 10 } }), closed({ a: { type: 'integer', maximum: 9 } }))).toEqual([]);
    expect(breaks(closed({ a: { type: 'integer' } }), closed({ a: { type: ['number', 'null'] } }))).toEqual([]);
    expect(breaks(closed({ a: { type: 'number' } }), closed({ a: { type: 'integer' } }))).toEqual(['/a type_not_taken']);
  });
  test('values of an enum may grow, and not go; a string is no enum', () => {
    const of = (...values: readonly string[]) => closed({ state: { enum: values } });
    expect(breaks(of('new'), of('new', 'paid'))).toEqual([]);
    expect(breaks(of('new', 'paid'), of('new'))).toEqual(['/state value_not_taken']);
    expect(breaks(closed({ state: { type: 'string' } }), of('new'))).toEqual(['/state value_not_taken']);
    expect(breaks(of('new'), closed({ state: { type: 'string', maxLength: 2 } }))).toEqual(['/state value_not_taken']);
  });
  test('what alternatives take only together is not shown, and said to be so', () => {
    const to = closed({
      a: {
        anyOf: [
          { type: 'integer', maximum: 0 },
          { type: 'integer', minimum: 0 },
        ],
      },
    });
    expect(breaks(closed({ a: { type: 'integer' } }), to)).toEqual(['/a not_shown']);
    expect(breaks(closed({ a: { type: 'integer', maximum: -3 } }), to)).toEqual([]);
  });
  test('another pattern is a break, the same one is none', () => {
    const of = (pattern: string) => closed({ a: { type: 'string', maxLength: 9, pattern } });
    expect(breaks(of('^a'), of('^a'))).toEqual([]);
    expect(breaks(of('^ab'), of('^a'))).toEqual(['/a pattern_differs']);
  });
});

describe('the dialect', () => {
  const problems = (schema: unknown) => (readSchema(schema).problems ?? []).map(({ path, message }) => `${path} ${message}`);
  test.each([
    [{ type: 'object', properties: { a: { $ref: 'https://example.com/a.json' } } }, '/properties/a/$ref must be #/$defs/'],
    [
      { type: 'object', $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } } } } },
      '/$defs/n/properties/n/$ref leads back',
    ],
    [
      { type: 'object', properties: { a: { type: 'string', pattern: '^(?=a)', maxLength: 9 } } },
      "/properties/a/pattern can't be matched in linear time",
    ],
    [
      { type: 'object', properties: { a: { type: 'string', pattern: '(', maxLength: 9 } } },
      '/properties/a/pattern Invalid regular expression',
    ],
    [{ type: 'object', properties: { a: { type: 'string', pattern: 'a' } } }, '/properties/a/pattern needs a maxLength'],
    [
      { type: 'object', properties: { a: { type: 'string', pattern: '^(?:(?:a{0,30}){0,30})$', maxLength: 9 } } },
      '/properties/a/pattern repeats too much',
    ],
    [{ type: 'object', properties: { a: { minimum: 3 } } }, '/properties/a/minimum needs a type'],
    [{ type: 'object', properties: { a: { type: 'string', minimum: 3 } } }, '/properties/a/minimum is not for the type'],
    [{ type: 'object', oneOf: [] }, '/oneOf is not in the dialect: write anyOf'],
    [{ type: 'object', properties: { a: { type: 'strnig' } } }, '/properties/a/type must be of'],
    [{ type: 'object', properties: { a: { enum: [{ b: 1 }] } } }, '/properties/a/enum must be'],
    [{ type: 'string' }, ' must be of type object or array'],
    [{ type: 'object', $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema must be'],
    [{ type: 'object', title: 'x'.repeat(70_000) }, ' is larger than'],
    [{ type: 'object', required: ['a'], additionalProperties: false }, '/required names "a", which may not be there'],
    [{ type: 'object', properties: { a: { anyOf: [{ type: 'object' }], type: 'object' } } }, "/properties/a/type can't stand beside anyOf"],
  ])('%j is refused', (schema, expected) => {
    expect(problems(schema)).toEqual(
      expect.arrayContaining([expect.stringMatching(new RegExp(`^${expected.replaceAll(/[$()/?.^]/g, String.raw`\$&`)}`))]),
    );
  });
  test('references that double themselves are refused before they fill the memory', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `d${index}`,
        index === 39 ? { type: 'string' } : { anyOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
      ]),
    );
    expect(problems({ type: 'object', $defs, properties: { a: { $ref: '#/$defs/d0' } } })).toContainEqual(
      expect.stringMatching(/more than 1000 places/),
    );
  });
  test('a pattern means what ECMA-262 means by it', () => {
    const check = (pattern: string) => compileCheck({ type: 'object', properties: { a: { type: 'string', maxLength: 20, pattern } } });
    for (const [pattern, text] of [
      ['^.$', '\u2028'],
      ['^.$', '😀'],
      [String.raw`^\s$`, '\u00a0'],
      [String.raw`^[\s-]$`, '\ufeff'],
      [String.raw`^\S$`, '\u3000'],
      ['a$', 'a\n'],
      [String.raw`^\u{1f600}$`, '😀'],
      [String.raw`^\xe4\u00e4$`, 'ää'],
      [String.raw`^\d$`, '٣'],
      [String.raw`^\w$`, 'ä'],
    ] as const)
      expect([pattern, check(pattern).find({ a: text }, 0) === null]).toEqual([pattern, new RegExp(pattern, 'u').test(text)]);
  });
  test('each place has its own pattern', () => {
    const of = (pattern: string) => ({ type: 'string', maxLength: 9, pattern });
    const { find } = compileCheck({ type: 'object', properties: { a: of('^a$'), b: of('^b$') } });
    expect([find({ a: 'a', b: 'b' }, 0), find({ a: 'b' }, 0)?.length, find({ b: 'a' }, 0)?.length]).toEqual([null, 1, 1]);
  });
  test('a pattern that would hold a backtracking engine for ages does not hold this one', () => {
    const { find } = compileCheck({ type: 'object', properties: { a: { type: 'string', maxLength: 1024, pattern: '^(?:a+)+$' } } });
    const startedAt = performance.now();
    expect(find({ a: `${'a'.repeat(1000)}!` }, 0)).not.toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('what does not fit', () => {
  const check = compileCheck(closed({ total: { type: 'number' }, 'a/b': { enum: [1] } }, { required: ['total'] }));
  test('is told by its places, all of them where it is small', () => {
    expect(check.find({ total: 'x', 'a/b': 2, more: 1 }, 100)).toEqual(
      expect.arrayContaining([
        { path: '/metadata/total', message: 'must be number' },
        { path: '/metadata/a~1b', message: 'must be one of [1]' },
        { path: '/metadata/more', message: 'is not in the schema' },
      ]),
    );
    expect(check.find({}, 100)).toEqual([{ path: '/metadata/total', message: 'is missing' }]);
    expect(check.find({ total: 1 }, 100)).toBeNull();
  });
  test('of a large one the first place is told', () => {
    expect(check.find({ total: 'x', more: 1 }, 100_000)).toHaveLength(1);
  });
  test('what every object inherits is not there', () => {
    expect(compileCheck({ type: 'object', required: ['toString'] }).find({}, 0)).toEqual([
      { path: '/metadata/toString', message: 'is missing' },
    ]);
  });
  test('a number beyond any double is no number', () => {
    expect(check.find({ total: Number('1e400') }, 0)).not.toBeNull();
  });
});

/** Small on purpose: of two schemas made of so little, one often is within the other. */
const bound = fc.integer({ min: -1, max: 3 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const clean = (schema: object): object => JSON.parse(JSON.stringify(schema)) as object;
const leaf = fc.oneof(
  fc.record({
    type: fc.constantFrom('integer', 'number'),
    minimum: optional(bound),
    maximum: optional(bound),
    exclusiveMinimum: optional(bound),
  }),
  fc.record({
    type: fc.constant('string'),
    minLength: optional(fc.integer({ min: 0, max: 2 })),
    maxLength: optional(fc.integer({ min: 2, max: 4 })),
  }),
  fc.record({ enum: fc.uniqueArray(fc.constantFrom(0, 1, 2, 'a', 'ab', true, false, null), { minLength: 1, maxLength: 4 }) }),
  fc.record({ type: fc.uniqueArray(fc.constantFrom('null', 'boolean', 'integer', 'number', 'string'), { minLength: 1, maxLength: 3 }) }),
  fc.constantFrom(true, {}),
);
const { tree } = fc.letrec<{ tree: unknown; schema: unknown }>((tie) => ({
  schema: fc.oneof({ maxDepth: 2 }, leaf, tie('tree'), fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) })),
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      type: fc.constantFrom('object', ['object']),
      properties: optional(fc.dictionary(fc.constantFrom('a', 'b'), tie('schema'), { maxKeys: 2 })),
      required: optional(fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 })),
      additionalProperties: optional(fc.oneof(fc.constantFrom(true, false), leaf)),
      minProperties: optional(fc.integer({ min: 0, max: 1 })),
      maxProperties: optional(fc.integer({ min: 1, max: 3 })),
    }),
    fc.record({
      type: fc.constant('array'),
      items: optional(tie('schema')),
      minItems: optional(fc.integer({ min: 0, max: 1 })),
      maxItems: optional(fc.integer({ min: 1, max: 2 })),
    }),
  ),
}));
const schemas = tree.map((schema) => clean(schema as object)).filter((schema) => readSchema(schema).problems === null);

/** The same with something left out or relaxed in one place: a near miss, or a near hit. */
const relaxed = (schema: object, seed: number): object => {
  const random = createSeededRandom(seed);
  const walk = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const kept = Object.entries(value).filter(([key]) => key === 'type' || random() > 0.15);
    return Object.fromEntries(
      kept.map(([key, one]) => [key, key === 'minimum' || key === 'minLength' ? Number(one) - (random() > 0.5 ? 1 : 0) : walk(one)]),
    );
  };
  return walk(schema) as object;
};
const pairs = fc.oneof(
  fc.tuple(schemas, schemas),
  fc
    .tuple(schemas, fc.nat())
    .map(([schema, seed]) => [schema, relaxed(schema, seed)] as const)
    .filter(([, to]) => readSchema(to).problems === null),
);
const anyValue = fc.jsonValue({ maxDepth: 3 });

describe('what is declared compatible', () => {
  test('is: every value that fits the one fits the other', () => {
    let compatible = 0;
    let tried = 0;
    fc.assert(
      fc.property(pairs, fc.nat(), fc.array(anyValue, { maxLength: 3 }), ([from, to], seed, others) => {
        const node = nodeOf(from);
        if (findBreaks(node, nodeOf(to)).length > 0) return;
        compatible += 1;
        const [one, other] = [compileCheck(from), compileCheck(to)];
        const random = createSeededRandom(seed);
        const made = Array.from({ length: 10 }, () => generate(node, random)).flatMap((value) => (value === null ? [] : [value.value]));
        for (const value of [...made, ...others]) {
          if (one.find(value, 0) !== null) continue;
          tried += 1;
          expect({ from, to, value, wrong: other.find(value, 0) }).toMatchObject({ wrong: null });
        }
      }),
      { numRuns: 1000 },
    );
    expect(compatible).toBeGreaterThan(150);
    expect(tried).toBeGreaterThan(1000);
  });
  test('a generated value fits its schema', () => {
    let made = 0;
    fc.assert(
      fc.property(schemas, fc.nat(), (schema, seed) => {
        const value = generate(nodeOf(schema), createSeededRandom(seed));
        if (value === null) return;
        made += 1;
        expect({ schema, value: value.value, wrong: compileCheck(schema).find(value.value, 0) }).toMatchObject({ wrong: null });
      }),
      { numRuns: 500 },
    );
    expect(made).toBeGreaterThan(400);
  });
  test('a schema is compatible with itself', () => {
    fc.assert(
      fc.property(schemas, (schema) => {
        // Alternatives are compared one by one, so that even these are shown.
        expect(findBreaks(nodeOf(schema), nodeOf(structuredClone(schema)))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a reference', () => {
  const pieces = ['a', 'b', '%', '%25', '%20', '%2F', '%7E1', ' ', '/', '~', '~1', '#', '?', '+', 'ü', '😀', '"', '%zz'];
  test('leads to the same definition when it is compared and when it is validated, whatever its name', () => {
    const names = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const written = (name: string, isEncoded: boolean) => {
      const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
      return `#/$defs/${isEncoded ? encodeURIComponent(token) : token}`;
    };
    let taken = 0;
    fc.assert(
      fc.property(names, fc.array(names, { maxLength: 3 }), fc.boolean(), (name, others, isEncoded) => {
        const decoys = [...others, name.replaceAll('%25', '%'), encodeURIComponent(name)].map((other) => [other, { type: 'number' }]);
        const schema = {
          ...closed({ a: { $ref: written(name, isEncoded) } }),
          $defs: Object.fromEntries([...decoys, [name, { type: 'string' }]]),
        };
        const { node } = readSchema(schema);
        if (node === null) return;
        taken += 1;
        const isText = findBreaks(nodeOf(closed({ a: { type: 'string' } })), node).length === 0;
        const isValid = compileCheck(schema).find({ a: 'text' }, 0) === null;
        // Written as it should be, it leads to the one that is meant.
        expect({ name, isEncoded, isValid, isText }).toEqual({ name, isEncoded, isValid: isText, isText: isEncoded || isText });
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});

describe('a schema that was written to hold the process', () => {
  const nested = (depth: number, inner: object, most: object): object =>
    depth === 0 ? inner : { type: 'array', ...most, items: nested(depth - 1, inner, most) };
  test.each([
    ['arrays in arrays', nested(20, { type: 'boolean' }, { minItems: 8 })],
    ['long arrays', nested(3, { type: 'string', minLength: 2000 }, { minItems: 2500 })],
    [
      'members that nothing names',
      (function open(depth: number): object {
        return { type: 'object', minProperties: 40, additionalProperties: depth === 0 ? { type: 'null' } : open(depth - 1) };
      })(8),
    ],
    ['elements that can not be made', nested(20, { type: 'string', minLength: 1_000_000 }, { minItems: 8 })],
    ['a long text in many places', nested(2, { enum: ['x'.repeat(50_000)] }, { minItems: 1000 })],
  ])('%s: nothing is made of it, for little work', (_name, schema) => {
    let asked = 0;
    const seeded = createSeededRandom(1);
    const random = () => {
      asked += 1;
      return seeded();
    };
    const budget = { left: 100_000 };
    for (let index = 0; index < 200; index += 1) expect(generate(nodeOf(schema), random, budget)).toBeNull();
    expect(asked).toBeLessThan(2_000_000);
    expect(budget.left).toBe(0);
  });
  test('a value is made as long as there is budget for it, and what was used is counted', () => {
    const budget = { left: 50 };
    const node = nodeOf(closed({ a: { type: 'null' }, b: { type: 'null' } }, { required: ['a', 'b'], maxProperties: 2 }));
    const made = Array.from({ length: 20 }, () => generate(node, createSeededRandom(1), budget)).filter((one) => one !== null);
    // The object and its two members.
    expect([made.length, budget.left]).toEqual([16, 0]);
  });
  test('values against alternatives: what is too much to be compared is not shown to be compatible', () => {
    const values = { enum: Array.from({ length: 256 }, (_, n) => `${n}`) };
    const patterns = { anyOf: Array.from({ length: 16 }, (_, n) => ({ type: 'string', maxLength: 9, pattern: `^${n}x|^[0-9]+$` })) };
    const wide = (of: object, places: number) => ({
      ...closed(Object.fromEntries(Array.from({ length: places }, (_, n) => [`m${n}`, { $ref: '#/$defs/of' }]))),
      $defs: { of },
    });
    expect(breaks(wide(values, 10), wide(patterns, 10))).toEqual([]);
    expect(breaks(wide(values, 50), wide(patterns, 50))).toEqual([' not_shown']);
  });
});
