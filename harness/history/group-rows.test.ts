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

test('texts that are shared say what they said, another hash under the same identity stays another, and other fields stay as they are', () => {
  const share = createTextSharing();
  const lines = [
    '{"objectId":"a","idempotencyKey":"k","bodySha256":"one","code":"x","n":1}',
    '{"objectId":"a","idempotencyKey":"k","bodySha256":"two"}',
    '{"objectId":"b","idempotencyKey":null,"bodySha256":"one"}',
    '{"eventId":1}',
  ];
  const parsed = lines.map((line) => JSON.parse(line) as unknown);
  parsed.forEach(share);
  expect(parsed).toEqual(lines.map((line) => JSON.parse(line) as unknown));
});
