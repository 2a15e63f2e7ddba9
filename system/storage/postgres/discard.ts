// Gives one parked event up: it leaves the park, and what waits behind it goes on.
import type { Client } from 'pg';
import type { LaneId } from '../../workers/checkpoint.ts';
import type { Key } from '../../stream/stream.ts';

const keyIs = 'processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5';

/** Its number, if it was the one due, is passed: or what comes after it would wait for it for ever. */
const discardOne = `
  with gone as (
    delete from parked_events where ${keyIs} and lane = $6 and position = $7 returning sequence, reason_code
  ), passed as (
    update key_order set next_sequence = next_sequence + 1
    where ${keyIs} and next_sequence = (select sequence from gone where reason_code is null or reason_code not in ('sequence_conflict', 'sequence_mixed'))
      and not exists (select from pending_events where ${keyIs} and sequence = next_sequence)
  )
  select count(*)::integer as discarded from gone`;

/** Without order nothing waits behind: another dead letter of the key stays what it is. */
const leaveOrGoOn = `
  with waiting as (select exists (select from parked_events where ${keyIs}) as any_left), freed as (
    delete from parked_keys using waiting where not any_left and ${keyIs}
  )
  update parked_keys set state = 'retrying', next_attempt_at = clock_timestamp() from waiting
  where any_left and ${keyIs} and (select ordered from processors where processor = $1 and version = $2)`;

/** Returns how many events it was: 0 where it was gone already. */
export const discardParked = async (client: Client, lane: LaneId, key: Key, position: number): Promise<number> => {
  const values = [lane.processor, lane.version, key.tenant, key.systemName, key.objectId];
  const { rows } = await client.query<{ discarded: number }>(discardOne, [...values, lane.lane, position]);
  await client.query(leaveOrGoOn, values);
  return rows[0]!.discarded;
};
