import { expect, test } from 'vitest';
import type { Session } from '../session.ts';
import { compareCounts } from './compare-counts.ts';

type Look = readonly (readonly [name: string, level: boolean])[];

/** Answers with each look in turn, and with the last one from then on. */
const compare = async (...looks: readonly Look[]) => {
  let at = 0;
  const query = (text: string) => {
    if (text === 'begin' || text === 'commit') return Promise.resolve({ rows: [] });
    const look = looks[Math.min(at, looks.length - 1)]!;
    at += 1;
    return Promise.resolve({ rows: look.map(([name, level]) => ({ name, level })) });
  };
  const found = await compareCounts(
    { client: async () => ({ query }) } as unknown as Session,
    { processor: 'timelines', version: 2, against: 1 },
    {
      sleep: () => Promise.resolve(),
      begin: 'begin',
    },
  );
  return { ...found, looks: at };
};

test('counts that differ while both versions stand at one place differ', async () => {
  expect(await compare([['a', true]])).toEqual({ differing: 1, unsettled: 0, looks: 1 });
});

test('under traffic that always moves some count, one that was alike in some look is alike', async () => {
  expect(await compare([['a', false]], [['b', false]])).toEqual({ differing: 0, unsettled: 0, looks: 2 });
  expect(
    await compare(
      [
        ['a', false],
        ['b', false],
      ],
      [['b', false]],
      [['a', false]],
    ),
  ).toMatchObject({ differing: 0, unsettled: 0, looks: 3 });
});

test('one that is never alike, and never found at rest, is neither: it is said', async () => {
  expect(
    await compare(
      [
        ['a', false],
        ['b', false],
      ],
      [['a', false]],
    ),
  ).toMatchObject({ differing: 0, unsettled: 1 });
  expect(await compare([['a', false]], [['a', false]], [['a', true]])).toMatchObject({ differing: 1, unsettled: 0 });
});
