import { expect, test } from 'vitest';
import { defineProcessor, type SetUp } from '../../processor/define-processor.ts';
import { describeProcessor } from './describe.ts';

const following = (setUp: (names: SetUp<'per_day' | 'totals'>) => readonly string[]) =>
  describeProcessor(
    'revenue.ts',
    defineProcessor({ name: 'daily-revenue', version: 2, tables: { per_day: 'n integer', totals: 'n integer' }, setUp, handle: () => {} }),
  ).statements;

test('a version takes over the tables of the one before by the names that they had there', () => {
  const { first, following: next } = following(({ tables, previous }) =>
    previous === null
      ? []
      : [`insert into ${tables.per_day} select n from ${previous.days}`, `insert into ${tables.totals} select n from ${previous.totals}`],
  );
  const made = ['create table own_daily_revenue_v2__per_day (n integer)', 'create table own_daily_revenue_v2__totals (n integer)'];
  expect(first).toEqual(made);
  expect(next).toEqual([
    ...made,
    'insert into own_daily_revenue_v2__per_day select n from own_daily_revenue_v0000000000__days',
    'insert into own_daily_revenue_v2__totals select n from own_daily_revenue_v0000000000__totals',
  ]);
});

test('what can be no table of the version before is told by its name', () => {
  for (const name of ['Days', 'own_daily_revenue_v1__days', 'a-b', '', 'x'.repeat(27)])
    expect(() => following(({ previous }) => [`select from ${previous?.[name]}`])).toThrow(
      `previous has no table '${name}': give the name that the version before had it by, lower-case words joined by one underscore, at most 26 characters.`,
    );
  expect(following(({ previous }) => Object.keys(previous ?? {})).following.slice(2)).toEqual(['per_day', 'totals']);
});
