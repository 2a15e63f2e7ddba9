import { expect, test } from 'vitest';
import type { Api } from '../api.ts';
import { OpsError } from '../ops-error.ts';
import type { ComparisonPage } from './answers.ts';
import { sampleReads } from './sample-reads.ts';

const names = (count: number) => Array.from({ length: count }, (_, at) => ({ event_name: `e${at + 1}`, applied_at: `of ${count}` }));

/** A string is the code of the API's refusal. */
type Read = readonly object[] | string;

/** Reads of versions 2 and 1, of one key each. */
const sample = (...reads: readonly (readonly [two: Read, one: Read])[]) => {
  const api = {
    get: async (path: string, { version }: { version: number }) => {
      const read = reads[Number(path.split('/').at(-1))]![version === 2 ? 0 : 1];
      if (typeof read === 'string') throw new OpsError(`no (${read})`, { code: read });
      return { entries: read, total: read.length };
    },
  } as unknown as Api;
  const keys = reads.map((_, at) => ({ system_name: 'shop', object_id: String(at) }));
  return sampleReads(api, { comparison: { version: 2, against: 1 }, sample: keys } as unknown as ComparisonPage);
};
const differing = async (...reads: readonly (readonly [two: Read, one: Read])[]) =>
  (await sample(...reads)).map(({ object_id }) => Number(object_id));

test('what traffic adds between two reads is no difference, another entry is one', async () => {
  expect(await differing([names(3), names(3)], [names(3), names(5)], [names(3), names(30)], [names(2), names(3).slice(1)])).toEqual([2, 3]);
});

test('a key that one version alone has differs, and the others are read on', async () => {
  expect(await differing(['not_found', names(3)], [names(1), 'not_found'], ['not_found', 'not_found'], [[], names(1)])).toEqual([0, 1, 3]);
});

test('any other refusal ends it', async () => {
  await expect(sample(['storage_unavailable', names(3)])).rejects.toThrow('storage_unavailable');
});
