// The rows of keys: their order, whether they are parked, and the numbers that were given up.
import type { Client } from 'pg';
import type { Tenure } from '../../workers/checkpoint.ts';
import { keyName } from '../../workers/key-order.ts';
import type { ParkedKeyChange, Settlement } from '../../workers/settlement.ts';
import { keyArrays } from './lane-reads.ts';

const upsertOrders = `
  insert into key_order (processor, version, lane, tenant, system_name, object_id, sequenced, next_sequence)
  select $1, $2, $3, * from unnest($4::text[], $5::text[], $6::text[], $7::boolean[], $8::bigint[])
  on conflict (processor, version, tenant, system_name, object_id) do update set next_sequence = excluded.next_sequence`;

/** Where a key is tried again already, another failure of the live flow ends or puts off none of that; what came of the attempt itself does. */
const upsertParked = `
  insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state, next_attempt_at)
  select $1, $2, $3, k.tenant, k.system_name, k.object_id, k.state, clock_timestamp() + k.after_ms * interval '1 millisecond'
  from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::double precision[]) as k (tenant, system_name, object_id, state, after_ms)
  on conflict (processor, version, tenant, system_name, object_id) do update
  set state = case when $9::boolean or parked_keys.state = 'parked' then excluded.state else 'retrying' end,
      next_attempt_at = case
        when $9::boolean or parked_keys.state = 'parked' then excluded.next_attempt_at else least(parked_keys.next_attempt_at, excluded.next_attempt_at)
      end`;

/** A key leaves the park only with its last event: what came behind it meanwhile goes next, at once. */
const releaseKey = `
  with left_behind as (
    select exists (
      select from parked_events where processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5
    ) as any_left
  ), freed as (
    delete from parked_keys k using left_behind
    where not any_left
      and k.processor = $1 and k.version = $2 and k.tenant = $3 and k.system_name = $4 and k.object_id = $5
  )
  update parked_keys k set state = 'retrying', next_attempt_at = clock_timestamp() from left_behind
  where any_left and k.processor = $1 and k.version = $2 and k.tenant = $3 and k.system_name = $4 and k.object_id = $5`;

const insertGap = `
  insert into skipped_gaps (processor, version, lane, tenant, system_name, object_id, from_sequence, to_sequence, skipped_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

export const writeKeys = async (client: Client, tenure: Tenure, worker: string, settlement: Settlement<unknown>): Promise<void> => {
  const { keyOrders, releaseKey: released, gap } = settlement;
  const parkedKeys = oneEach(settlement.parkedKeys);
  const lane = [tenure.processor, tenure.version, tenure.lane];
  if (keyOrders.length > 0)
    await client.query({
      name: 'keys_order',
      text: upsertOrders,
      values: [
        ...lane,
        ...keyArrays(keyOrders.map(({ key }) => key)),
        keyOrders.map(({ sequenced }) => sequenced),
        keyOrders.map(({ next }) => next),
      ],
    });
  if (parkedKeys.length > 0)
    await client.query({
      name: 'keys_parked',
      text: upsertParked,
      values: [
        ...lane,
        ...keyArrays(parkedKeys.map(({ key }) => key)),
        parkedKeys.map(({ state }) => state),
        parkedKeys.map(({ retryAfterMs }) => retryAfterMs),
        settlement.retriedKey !== null,
      ],
    });
  if (released !== null) {
    const values = [tenure.processor, tenure.version, released.tenant, released.systemName, released.objectId];
    await client.query({ text: releaseKey, values });
  }
  if (gap !== null) {
    const { tenant, systemName, objectId } = gap.key;
    await client.query({ text: insertGap, values: [...lane, tenant, systemName, objectId, gap.gap.from, gap.gap.to, worker] });
  }
};

/** Without order several events of a key may fail at once: it is tried again as long as one of them is. */
const oneEach = (changes: readonly ParkedKeyChange[]): readonly ParkedKeyChange[] => {
  const byKey = new Map<string, ParkedKeyChange>();
  for (const change of changes) {
    const name = keyName(change.key);
    if (byKey.get(name)?.state !== 'retrying') byKey.set(name, change);
  }
  return [...byKey.values()];
};
