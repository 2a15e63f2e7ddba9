import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { createParameterParser } from './parameters.ts';
import { RequestProblem } from './request-problem.ts';

const parse = createParameterParser(
  Type.Object(
    {
      id: Type.Integer({ minimum: 1 }),
      object_id: Type.Optional(Type.String({ minLength: 1, maxLength: 10 })),
      from: Type.Optional(Type.String({ format: 'date-time' })),
      format: Type.Optional(Type.Enum(['json', 'ndjson', 'csv'])),
    },
    { additionalProperties: false },
  ),
);

const problemsOf = (raw: Record<string, unknown>) => {
  try {
    parse(raw);
  } catch (error) {
    if (error instanceof RequestProblem && error.code === 'invalid_query') return error.details ?? [];
    throw error;
  }
  return [];
};

describe('parameters', () => {
  it('come out typed, times in UTC', () => {
    expect(parse({ id: '7', from: '2026-01-01T01:00:00+01:00' })).toEqual({ id: 7, from: '2026-01-01T00:00:00.000000Z' });
  });

  it('are all judged, not the first alone', () => {
    expect(problemsOf({ id: '0', object_id: '', from: 'now' }).map(({ parameter }) => parameter)).toEqual(['id', 'object_id', 'from']);
  });

  it.each([
    [{ id: '1', objectid: 'a' }, 'objectid', 'Did you mean object_id?'],
    [{ id: '1', zzz: 'a' }, 'zzz', 'There are id, object_id, from, format.'],
    [{}, 'id', 'is missing.'],
    [{ id: '1', format: 'xml' }, 'format', "is 'xml': must be json, ndjson or csv."],
    [{ id: ['1', '2'] }, 'id', 'more than once'],
    [{ id: '1', ['__proto__']: 'x' }, '__proto__', 'is no parameter'],
    [{ id: '1', constructor: 'x' }, 'constructor', 'is no parameter'],
    [{ id: '1.5' }, 'id', 'whole number'],
    [{ id: 'NaN' }, 'id', 'whole number'],
    [{ id: '99999999999999999999' }, 'id', 'whole number'],
    [{ id: '-1' }, 'id', '>= 1'],
    [{ id: '1', object_id: 'a\0' }, 'object_id', 'U+0000'],
    [{ id: '1', object_id: '01234567890' }, 'object_id', '10 characters'],
    [{ id: '1', from: '2026-02-30T00:00:00Z' }, 'from', 'RFC 3339'],
  ])('say what is wrong with %j', (raw, parameter, message) => {
    expect(problemsOf(raw)).toEqual([{ parameter, message: expect.stringContaining(message) }]);
  });

  it('do not repeat a huge value back', () => {
    expect(JSON.stringify(problemsOf({ id: '1', object_id: 'a'.repeat(100_000), ['b'.repeat(100_000)]: 'c' })).length).toBeLessThan(1000);
  });
});
