import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { emptySettlement, type ParkedKeyChange, type Settlement } from '../../workers/settlement.ts';
import { createWorkerDatabase } from '../../workers/testing.ts';
import { writeKeys } from './settle-keys.ts';

const tenure = { processor: 'ledger', version: 1, lane: 0, epoch: 0 };
const key = { tenant: 'default', systemName: 'shop', objectId: 'k' };
const retrying = (retryAfterMs: number): ParkedKeyChange => ({ key, state: 'retrying', retryAfterMs });
const dead: ParkedKeyChange = { key, state: 'parked', retryAfterMs: null };

test('a later failure of the live flow ends no retry of its key and puts none off; what came of the retry itself does', async () => {
  await using database = await createWorkerDatabase(1);
  const write = async (more: Partial<Settlement<unknown>>) => {
    await writeKeys(database.pool as unknown as Client, tenure, 'w', { ...emptySettlement, ...more });
    const [row] = await database.rows<{ state: string; seconds: number | null }>(
      `select state, round(extract(epoch from next_attempt_at - since))::int as seconds from parked_keys`,
    );
    return row;
  };
  expect(await write({ parkedKeys: [retrying(1000_000)] })).toEqual({ state: 'retrying', seconds: 1000 });
  expect(await write({ parkedKeys: [dead] })).toEqual({ state: 'retrying', seconds: 1000 });
  expect(await write({ parkedKeys: [retrying(5000_000)] })).toEqual({ state: 'retrying', seconds: 1000 });
  expect(await write({ parkedKeys: [retrying(500_000)] })).toEqual({ state: 'retrying', seconds: 500 });
  expect(await write({ parkedKeys: [retrying(5000_000)], retriedKey: key })).toEqual({ state: 'retrying', seconds: 5000 });
  expect(await write({ parkedKeys: [dead], retriedKey: key })).toEqual({ state: 'parked', seconds: null });
  expect(await write({ parkedKeys: [retrying(900_000)] })).toEqual({ state: 'retrying', seconds: 900 });
});
