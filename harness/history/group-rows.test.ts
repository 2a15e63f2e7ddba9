import { expect, test } from 'vitest';
import { groupRows, repeatedRows } from './group-rows.ts';
import { createTextSharing } from './share-texts.ts';

const rows = [1, 2, 1, 3, 2, 1].map((key, place) => ({ key, place }));
const keyOf = ({ key }: { readonly key: number }) => key;

test('rows are grouped in their order', () => {
  expect(groupRows(rows, keyOf)).toEqual(Map.groupBy(rows, keyOf));
  expect(groupRows([], keyOf).size).toBe(0);
});

test('of what repeats all rows are kept, of the rest none', () => {
  expect([...repeatedRows(rows, keyOf)].map(([key, same]) => [key, same.length])).toEqual([
    [1, 3],
    [2, 2],
  ]);
  expect(repeatedRows(rows.slice(0, 2), keyOf).size).toBe(0);
});

test('texts that are shared say what they said, and other fields stay as they are', () => {
  const share = createTextSharing();
  const parsed = ['{"objectId":"a","idempotencyKey":null,"code":"x","n":1}', '{"objectId":"a","idempotencyKey":"k"}'].map(
    (line) => JSON.parse(line) as unknown,
  );
  parsed.forEach(share);
  expect(parsed).toEqual([
    { objectId: 'a', idempotencyKey: null, code: 'x', n: 1 },
    { objectId: 'a', idempotencyKey: 'k' },
  ]);
});
