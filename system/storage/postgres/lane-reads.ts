// What a lane's worker reads before it decides: keys' order, early events, the park. None of these takes a lock: the lane's owner alone changes them.
import type { LaneId } from '../../workers/checkpoint.ts';
import type { Failure, FailureCode } from '../../workers/failure.ts';
import { keyName, newKeyState, type EarlyEvent, type KeyState } from '../../workers/key-order.ts';
import type { Attempt, ParkedEvent } from '../../workers/lane-store.ts';
import type { Key, LogEvent } from '../../stream/stream.ts';
import { eventColumns, toLogEvent, type LogEventRow } from './log-event-row.ts';
import type { Session } from './session.ts';

/**
 * Lateral, so that each key is one look-up whatever the planner thinks of the tables' sizes. What comes after the highest number that an event may have is 2^53,
 * which a double holds.
 */
const selectKeys = `
  select k.tenant, k.system_name, k.object_id, o.sequenced, o.next_sequence::double precision as next_sequence, p.state is not null as parked,
         o.sequenced and exists (
           select from pending_events e
           where e.processor = $1 and e.version = $2 and e.tenant = k.tenant and e.system_name = k.system_name and e.object_id = k.object_id
         ) as has_early
  from unnest($3::text[], $4::text[], $5::text[]) as k (tenant, system_name, object_id)
  left join lateral (
    select sequenced, next_sequence from key_order
    where processor = $1 and version = $2 and tenant = k.tenant and system_name = k.system_name and object_id = k.object_id limit 1
  ) o on true
  left join lateral (
    select state from parked_keys
    where processor = $1 and version = $2 and tenant = k.tenant and system_name = k.system_name and object_id = k.object_id limit 1
  ) p on true`;

/** Of a key with very many, the lowest are enough to go on, and those with a number that arrives now, to see a number used twice. */
const lowestLoaded = 1000;

const selectEarlyNumbers = `
  select k.n::integer as n, e.sequence, e.position, e.id, e.lowest
  from unnest($3::text[], $4::text[], $5::text[]) with ordinality as k (tenant, system_name, object_id, n)
  cross join lateral (
    (
      select sequence, position, id, true as lowest from pending_events
      where processor = $1 and version = $2 and tenant = k.tenant and system_name = k.system_name and object_id = k.object_id
      order by sequence limit ${lowestLoaded}
    )
    union all
    select sequence, position, id, false from pending_events
    where processor = $1 and version = $2 and tenant = k.tenant and system_name = k.system_name and object_id = k.object_id
      and sequence = any ($6::bigint[])
  ) e`;

const selectGaps = `
  select k.n::integer as n, g.from_sequence, g.to_sequence
  from unnest($3::text[], $4::text[], $5::text[]) with ordinality as k (tenant, system_name, object_id, n)
  cross join lateral (
    select from_sequence, to_sequence from skipped_gaps
    where processor = $1 and version = $2 and tenant = k.tenant and system_name = k.system_name and object_id = k.object_id
  ) g`;

type KeyRow = {
  tenant: string;
  system_name: string;
  object_id: string;
  sequenced: boolean | null;
  next_sequence: number | null;
  parked: boolean;
  has_early: boolean | null;
};

export const keyArrays = (keys: readonly Key[]) => [
  keys.map(({ tenant }) => tenant),
  keys.map(({ systemName }) => systemName),
  keys.map(({ objectId }) => objectId),
];

/** A sequenced key's early events and gaps are asked for only where there are any: most batches are one round trip. */
export const loadKeys = async (
  session: Session,
  { processor, version }: LaneId,
  keys: readonly Key[],
  arriving: readonly number[],
): Promise<Map<string, KeyState>> => {
  const { rows } = await session.query<KeyRow>({
    name: 'lane_keys',
    text: selectKeys,
    values: [processor, version, ...keyArrays(keys)],
  });
  const withEarly = rows.filter(({ has_early }) => has_early).map(toKey);
  const sequenced = rows.filter(({ sequenced: is }) => is).map(toKey);
  const [early, gaps] = await Promise.all([
    withEarly.length === 0 ? [] : loadEarlyNumbers(session, [processor, version, ...keyArrays(withEarly), arriving], withEarly),
    sequenced.length === 0 ? [] : loadGaps(session, processor, version, sequenced),
  ]);
  const earlyOf = Map.groupBy(early, ({ key }) => key);
  const gapsOf = Map.groupBy(gaps, ({ key }) => key);
  return new Map(rows.map((row) => [keyName(toKey(row)), toState(row, earlyOf, gapsOf)]));
};

type NumberedEarly = { key: string; sequence: number; lowest: boolean; early: EarlyEvent };
type KeyGap = { key: string; from: number; to: number };

const toState = (row: KeyRow, early: Map<string, NumberedEarly[]>, gaps: Map<string, KeyGap[]>): KeyState => {
  const key = toKey(row);
  const numbers = early.get(keyName(key)) ?? [];
  const lowest = numbers.filter((one) => one.lowest).map(({ sequence }) => sequence);
  return {
    ...newKeyState(key),
    knownTo: lowest.length < lowestLoaded ? Infinity : Math.max(...lowest),
    parked: row.parked,
    sequenced: row.sequenced,
    next: row.next_sequence,
    early: new Map(numbers.map((one) => [one.sequence, one.early])),
    gaps: (gaps.get(keyName(key)) ?? []).map(({ from, to }) => ({ from, to })),
  };
};

type EarlyRow = { n: number; sequence: number; position: number; id: number; lowest: boolean };

const loadEarlyNumbers = async (session: Session, values: readonly unknown[], keys: readonly Key[]): Promise<NumberedEarly[]> => {
  const { rows } = await session.query<EarlyRow>({ name: 'lane_early_numbers', text: selectEarlyNumbers, values });
  return rows.map(({ n, sequence, lowest, position, id }) => ({ key: keyName(keys[n - 1]!), sequence, lowest, early: { position, id } }));
};

const loadGaps = async (session: Session, processor: string, version: number, keys: readonly Key[]): Promise<KeyGap[]> => {
  const { rows } = await session.query<{ n: number; from_sequence: number; to_sequence: number }>({
    name: 'lane_gaps',
    text: selectGaps,
    values: [processor, version, ...keyArrays(keys)],
  });
  return rows.map((row) => ({ key: keyName(keys[row.n - 1]!), from: row.from_sequence, to: row.to_sequence }));
};

const toKey = (row: { tenant: string; system_name: string; object_id: string }): Key => ({
  tenant: row.tenant,
  systemName: row.system_name,
  objectId: row.object_id,
});

/** Where an operator fixed an event, its processor is given the fixed body. */
const givenColumns = eventColumns.replace(' body,', ' coalesce(fixed_body, body) as body,');

/** Bodies are summed so that a key with a thousand large events does not fill the memory; the first always comes. */
const selectEarly = `
  select ${givenColumns} from (
    select e.*, f.fixed_body, r.n, sum(octet_length(e.body)) over (order by r.n) - octet_length(e.body) as bytes_before
    from unnest($4::bigint[]) with ordinality as r (position, n)
    cross join lateral (
      select * from pending_events where processor = $1 and version = $2 and lane = $3 and position = r.position
    ) e
    left join event_recoveries f on f.processor = $1 and f.version = $2 and f.lane = $3 and f.position = r.position
  ) as counted
  where bytes_before < $5
  order by n`;

export const loadEarly = async (
  session: Session,
  { processor, version, lane }: LaneId,
  early: readonly EarlyEvent[],
  maxBytes: number,
): Promise<readonly LogEvent[]> => {
  if (early.length === 0) return [];
  const values = [processor, version, lane, early.map(({ position }) => position), maxBytes];
  const { rows } = await session.query<LogEventRow>({ name: 'lane_early', text: selectEarly, values });
  return rows.map(toLogEvent);
};

const selectKeysWithDueEarly = `
  select e.tenant, e.system_name, e.object_id
  from pending_events e
  cross join lateral (
    select next_sequence from key_order
    where processor = $1 and version = $2 and tenant = e.tenant and system_name = e.system_name and object_id = e.object_id limit 1
  ) o
  where e.processor = $1 and e.version = $2 and e.lane = $3 and e.sequence = o.next_sequence
    and not exists (
      select from parked_keys k
      where k.processor = $1 and k.version = $2 and k.tenant = e.tenant and k.system_name = e.system_name and k.object_id = e.object_id
    )
  limit $4`;

export const loadKeysWithDueEarly = async (
  session: Session,
  { processor, version, lane }: LaneId,
  limit: number,
): Promise<readonly Key[]> => {
  const { rows } = await session.query<{ tenant: string; system_name: string; object_id: string }>({
    text: selectKeysWithDueEarly,
    values: [processor, version, lane, limit],
  });
  return rows.map(toKey);
};

const selectParked = (order: string) => `
  select ${givenColumns}, attempts, reason_code, reason_message, error_type from (
    select page.*, f.fixed_body, sum(octet_length(page.body)) over (order by ${order}) - octet_length(page.body) as bytes_before
    from (
      select * from parked_events
      where processor = $1 and version = $2 and tenant = $3 and system_name = $4 and object_id = $5
      order by ${order}
      limit $6
    ) as page
    left join event_recoveries f using (processor, version, lane, position)
  ) as counted
  where bytes_before < $7
  order by ${order}`;

const parkedIn = {
  position: { name: 'lane_parked', text: selectParked('position') },
  // Without order, dead letters of the key must not stand before those that are to be tried.
  attempts: { name: 'lane_parked_attempts', text: selectParked('attempts, position') },
} as const;

type ParkedRow = LogEventRow & {
  attempts: number;
  reason_code: FailureCode | null;
  reason_message: string | null;
  error_type: string | null;
};

export const loadParked = async (
  session: Session,
  { processor, version }: LaneId,
  key: Key,
  { limit, maxBytes, order }: { readonly limit: number; readonly maxBytes: number; readonly order: keyof typeof parkedIn },
): Promise<readonly ParkedEvent[]> => {
  const values = [processor, version, key.tenant, key.systemName, key.objectId, limit, maxBytes];
  const { rows } = await session.query<ParkedRow>({ ...parkedIn[order], values });
  return rows.map((row) => ({ ...toLogEvent(row), attempts: row.attempts, failure: toFailure(row) }));
};

const toFailure = ({ reason_code: code, reason_message: message, error_type: errorType }: ParkedRow): Failure | null =>
  code === null ? null : { code, message: message ?? '', errorType };

export const loadAttempt = async (session: Session, { processor, version, lane }: LaneId): Promise<Attempt> => {
  const { rows } = await session.query<{ attempt_position: number | null; attempt_count: number }>({
    text: 'select attempt_position, attempt_count from checkpoints where processor = $1 and version = $2 and lane = $3',
    values: [processor, version, lane],
  });
  return { position: rows[0]?.attempt_position ?? null, count: rows[0]?.attempt_count ?? 0 };
};
