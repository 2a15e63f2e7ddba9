import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { describeProblems } from './schema-problems.ts';

const schema = Compile(
  Type.Object(
    {
      name: Type.String({ minLength: 1 }),
      how: Type.Enum(['fast', 'slow', 'not']),
      kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
      count: Type.Optional(Type.Integer({ minimum: 2 })),
    },
    { additionalProperties: false },
  ),
);
const problemsOf = (value: unknown) => describeProblems(schema.Errors(value));

test('what is missing, what is not known and what would be taken stand in their places', () => {
  expect(problemsOf({ hw: 1, how: 'quick', kind: 'c', count: 1 })).toEqual([
    { path: '/name', message: 'is missing' },
    { path: '/hw', message: 'is not known here' },
    { path: '/how', message: 'must be fast, slow or not' },
    { path: '/kind', message: 'must be a or b' },
    { path: '/count', message: 'must be >= 2' },
  ]);
});

test('the whole is named too', () => {
  expect(problemsOf(7)).toEqual([{ path: '/', message: 'must be object' }]);
});

test('what only its alternatives could tell is told all the same', () => {
  expect(describeProblems([{ keyword: 'anyOf', instancePath: '/a', message: 'must match a schema in anyOf', params: {} }])).toEqual([
    { path: '/a', message: 'must match a schema in anyOf' },
  ]);
});
