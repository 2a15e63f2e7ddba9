// A walk over the log, lane by lane and piece by piece, up to the cut: the log has no index by key, and gets none for what happens once a year.
import type { Client } from 'pg';
import { type LogPlace, lanesOf, type OpenErasure } from './open-erasure.ts';
import { holdsData, toTombstone } from './tombstone.ts';

const positionsAtOnce = 20_000;

const rowsOfKey = `stream_version = 1 and lane = $1 and position > $2 and position <= $3 and tenant = $4 and system_name = $5 and object_id = $6`;

const count = `select count(*)::integer as found, array_agg(distinct tableoid::regclass::text) as partitions from log where ${rowsOfKey} and ${holdsData}`;
const overwrite = `
  with gone as (update log set ${toTombstone} where ${rowsOfKey} and ${holdsData} returning tableoid::regclass::text as partition)
  select count(*)::integer as found, array_agg(distinct partition) as partitions from gone`;

type Found = { found: number; partitions: (string | null)[] | null };

/** null: the walk is over; else where it stands. */
export type WalkStep = { readonly place: LogPlace; readonly isOver: boolean };

export const walkLog = async (client: Client, erasure: OpenErasure, does: 'count' | 'overwrite'): Promise<WalkStep> => {
  const lanes = lanesOf(erasure);
  const { lane = lanes[0] ?? 0, position = 0, found: before = 0, partitions = [] } = erasure.place;
  const end = erasure.cut[String(lane)] ?? 0;
  const upTo = Math.min(position + positionsAtOnce, end);
  const { tenant, systemName, objectId } = erasure.key;
  const { rows } = await client.query<Found>(does === 'count' ? count : overwrite, [lane, position, upTo, tenant, systemName, objectId]);
  const found = before + rows[0]!.found;
  const named = [...new Set([...partitions, ...(rows[0]!.partitions ?? []).filter((name) => name !== null)])];
  if (upTo < end) return { place: { lane, position: upTo, found, partitions: named }, isOver: false };
  const next = lanes[lanes.indexOf(lane) + 1];
  return { place: { lane: next ?? lane, position: next === undefined ? end : 0, found, partitions: named }, isOver: next === undefined };
};
