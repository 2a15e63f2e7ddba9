import { expect, test } from 'vitest';
import type { Api } from './api.ts';
import { listLetters, listParkedKeys } from './show.ts';

const nothing = { get: async () => ({ dead_letters: [], parked_keys: [], next_cursor: null }) } as unknown as Api;
const said = async (list: typeof listLetters, options: Parameters<typeof listLetters>[1]) => {
  let words = '';
  await list(nothing, options, false, { out: (text) => void (words += text) });
  return words;
};

test('where nothing is found, the filters that it was looked for with are said', async () => {
  expect(await said(listLetters, { limit: 50 })).toBe('No dead letters.\n');
  expect(await said(listLetters, { limit: 50, processor: 'basket', reason: 'handler_threw' })).toBe(
    "No dead letters with processor 'basket' and reason 'handler_threw'.\n",
  );
  expect(await said(listParkedKeys as typeof listLetters, { limit: 50, system: 'shop' })).toBe("No parked keys with system_name 'shop'.\n");
});
