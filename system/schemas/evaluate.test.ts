import { expect, test, vi } from 'vitest';
import { mostCastBytes } from '../contract/schemas.ts';
import { compileCheck } from './compile-check.ts';
import { type Earlier, evaluateSchema } from './evaluate.ts';
import type { RegisterRequest } from './schema-requests.ts';

const longest = (maxLength: number) => ({ type: 'object', properties: { note: { type: 'string', maxLength } }, required: ['note'] });
const event = { systemName: 'shop', eventName: 'paid', tenant: 'default' };
const earlier = Array.from({ length: 100 }, (_, index): Earlier => ({
  ...event,
  version: index + 1,
  schema: JSON.stringify(longest(10)),
  isRetired: false,
  examples: [],
}));
const evaluate = (compatibility: RegisterRequest['compatibility'], schema: unknown, more: Partial<RegisterRequest> = {}) => {
  const compile = vi.fn<typeof compileCheck>(compileCheck);
  const request = {
    system_name: 'shop',
    event_name: 'paid',
    version: 101,
    owner: 'till',
    compatibility,
    schema,
    requested_by: 'a',
    why: 'b',
    ...more,
  };
  return { evaluation: evaluateSchema(request, earlier, compile), compile };
};

test('of many earlier versions that fit none is compiled: they are compared', () => {
  const { evaluation, compile } = evaluate('backward', longest(10));
  expect(evaluation).toMatchObject({ kind: 'fits', breaks: [] });
  expect(compile.mock.calls.length).toBe(1);
});

test('every earlier version that a new one breaks is told, and an example for as many as may be compiled for it', () => {
  const { evaluation, compile } = evaluate('forward', longest(1000));
  if (evaluation.kind !== 'breaks') throw new Error(`it is said to be ${evaluation.kind}`);
  expect(evaluation.breaks.map(({ against }) => against)).toEqual(earlier.map(({ version }) => version));
  expect(evaluation.breaks.filter(({ example }) => example !== undefined).map(({ against }) => against)).toEqual(
    earlier.slice(0, 20).map(({ version }) => version),
  );
  expect(compile.mock.calls.length).toBe(21);
});

test('for what does not fit the new version an example of every earlier one is made, as that is compiled once', () => {
  const { evaluation, compile } = evaluate('backward', longest(1));
  if (evaluation.kind !== 'breaks') throw new Error(`it is said to be ${evaluation.kind}`);
  expect(evaluation.breaks.every(({ example }) => example !== undefined)).toBe(true);
  expect(compile.mock.calls.length).toBe(1);
});

test('casts and examples are bounded together: one byte more is a problem', () => {
  const rules = [{ op: 'default' as const, path: '/metadata/note', value: 'a' }];
  const upcast = { rules };
  const withNote = (length: number) => evaluate('none', longest(100_000), { upcast, examples: [{ note: 'x'.repeat(length) }] }).evaluation;
  const room = mostCastBytes - JSON.stringify(upcast).length - JSON.stringify([{ note: '' }]).length;
  expect(withNote(room)).toMatchObject({ kind: 'fits' });
  expect(withNote(room + 1)).toEqual({
    kind: 'problems',
    problems: [{ path: '', message: expect.stringContaining(`${mostCastBytes + 1} bytes together`) }],
  });
});
