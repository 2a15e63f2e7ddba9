import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineProcessor } from './define-processor.ts';
import { definitionProblems } from './definition-problems.ts';
import { tableNames } from './table-names.ts';

const whole = { name: 'daily-revenue', version: 2, handle: () => {} };

describe('a definition', () => {
  test('that is whole has no mistakes', () => {
    const full = {
      ...whole,
      reads: { systems: ['shop'], events: ['paid'], tenant: 'default', versions: [{ system: 'shop', event: 'paid', version: 2 }] },
      tables: { totals: 'day date primary key' },
      setUp: () => [],
      erase: { totals: null },
      startsFrom: 'previous',
      order: 'none',
      onError: { attempts: 5, retryMs: 10, action: 'skip' },
      backPressure: { strategy: 'sample', above: 100, keepOneIn: 10 },
      deadlineMs: 100,
    };
    expect(definitionProblems(full)).toEqual([]);
    expect(definitionProblems({ ...whole, backPressure: { strategy: 'block' } })).toEqual([]);
  });

  test.each([
    ['no object', 7, /^A processor is an object; this is 7\.$/],
    ['an unknown field', { ...whole, handler: 1 }, /has no field "handler": there are name, version/],
    ['a name with capitals', { ...whole, name: 'Revenue' }, /^name is "Revenue": give lower-case words/],
    ['a name that is too long', { ...whole, name: 'a'.repeat(25) }, /at most 24 characters/],
    ['a name of ours', { ...whole, name: 'timelines' }, /is a processor of faultline/],
    ['version 0', { ...whole, version: 0 }, /^version is 0: give a whole number from 1 to 9999\.$/],
    ['an empty list of systems', { ...whole, reads: { systems: [] } }, /^reads\.systems is \[\]: give a list of names/],
    [
      'a version that is none',
      { ...whole, reads: { versions: [{ system: 'shop', event: 'paid', version: 0 }] } },
      /^reads\.versions\[0\] is \{.*give \{ system, event, version \}/,
    ],
    [
      'an event in two versions',
      { ...whole, reads: { versions: [1, 2].map((version) => ({ system: 'shop', event: 'paid', version })) } },
      /^reads\.versions has "paid" of "shop" twice/,
    ],
    ['a table with two underscores', { ...whole, tables: { a__b: 'n integer' } }, /^tables has "a__b"/],
    ['a table without columns', { ...whole, tables: { a: ' ' } }, /give what stands between the brackets/],
    ['setUp that is no function', { ...whole, setUp: [] }, /^setUp is \[\]: give a function/],
    [
      'erasure in a table that there is not',
      { ...whole, tables: { a: 'n integer' }, erase: { b: '$3 = 1' } },
      /^erase has "b", which is not among the tables: there are a\.$/,
    ],
    [
      'erasure that asks for no object',
      { ...whole, tables: { a: 'n integer' }, erase: { a: 'n = $30' } },
      /^erase\.a is "n = \$30": give a condition that names \$3/,
    ],
    ['an unknown start', { ...whole, startsFrom: 'then' }, /^startsFrom is "then": give one of beginning, now, previous\.$/],
    ['an unknown action', { ...whole, onError: { action: 'explode' } }, /give one of park, skip, stop/],
    ['attempts where it stops', { ...whole, onError: { action: 'stop', attempts: 3 } }, /tries for ever: leave it out/],
    ['shedding without a bound', { ...whole, backPressure: { strategy: 'shed' } }, /above is missing/],
    ['keepOneIn where it sheds', { ...whole, backPressure: { strategy: 'shed', above: 1, keepOneIn: 2 } }, /has no field "keepOneIn"/],
    ['keepOneIn 1', { ...whole, backPressure: { strategy: 'sample', above: 1, keepOneIn: 1 } }, /from 2 to 1000000/],
  ])('with %s is told so', (_what, definition, said) => {
    const problems = definitionProblems(definition);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(said);
  });

  test('tells all its mistakes at once', () => {
    expect(() => defineProcessor({ name: '', version: 0, handle: 1 } as never)).toThrow(/name is[^\n]*\nversion is[^\n]*\nhandle is/);
  });

  test('of any shape is judged and never throws', () => {
    const fields = fc.constantFrom('name', 'reads', 'tables', 'onError', 'backPressure', 'setUp');
    const anything = fc.oneof(fc.anything(), fc.dictionary(fields, fc.anything()));
    fc.assert(
      fc.property(anything, (value) => {
        expect(definitionProblems(value)).toBeInstanceOf(Array);
      }),
    );
  });
});

test("no two tables come to one name, and none is longer than the database's names or named like one of ours", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/);
  const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('-').slice(0, 24).replace(/-$/, ''));
  const table = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('_').slice(0, 26).replace(/_$/, ''));
  const place = fc.tuple(name, fc.integer({ min: 1, max: 9999 }), table);
  const nameOf = ([processor, version, short]: readonly [string, number, string]) =>
    tableNames(processor, version, { [short]: '' })[short]!;
  fc.assert(
    fc.property(place, place, (one, other) => {
      expect(nameOf(one) === nameOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(nameOf(one).length).toBeLessThanOrEqual(63);
      expect(nameOf(one)).toMatch(/^own_/);
    }),
  );
});
