import { describe, expect, test } from 'vitest';
import { filtersOf, keyPlace, letterPlace } from './places.ts';

describe('a place on the command line', () => {
  test('is processor, version, lane and position', () => {
    expect(letterPlace('timelines/1/3/17')).toEqual({ processor: 'timelines', version: 1, lane: 3, position: 17 });
    expect(letterPlace('a/b/1/0/2')).toEqual({ processor: 'a/b', version: 1, lane: 0, position: 2 });
    expect(keyPlace('timelines/1')).toEqual({ processor: 'timelines', version: 1 });
  });

  test.each(['', 'timelines', 'timelines/1/3', '/1/2/3', 'timelines/1/3/x', 'timelines/1/3/1e3', 'timelines/1/3/9999999999999999'])(
    "is not '%s'",
    (text) => {
      expect(() => letterPlace(text)).toThrow('such as timelines/1/3/17');
    },
  );

  test.each(['', 'timelines', '/1', 'timelines/x'])("of a key is not '%s'", (text) => {
    expect(() => keyPlace(text)).toThrow('such as timelines/1');
  });
});

test('filters are named as the API names them, and only those that are given', () => {
  expect(filtersOf({})).toEqual({});
  expect(filtersOf({ system: 'shop', object: 'o', event: 'paid', reason: 'handler_threw', processor: 'timelines', all: true })).toEqual({
    system_name: 'shop',
    object_id: 'o',
    event_name: 'paid',
    reason: 'handler_threw',
    processor: 'timelines',
    all: true,
  });
});
