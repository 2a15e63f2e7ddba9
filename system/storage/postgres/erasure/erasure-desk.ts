// The desk of erasure on PostgreSQL: one row, with how far the log reaches at this moment. What comes after is new data.
import type { Pool } from 'pg';
import type { ErasureDesk } from '../../../recovery/erasure-desk.ts';

/** What was acknowledged before the request is below these heads: an append commits with its lane's row. */
const insert = `
  insert into erasures (tenant, system_name, object_id, is_dry_run, requested_by, why, request_id, key_id, cut)
  select $1, $2, $3, $4, $5, $6, $7, $8, (select jsonb_object_agg(lane, head) from (select lane, max(head) as head from lanes group by lane) as l)
  on conflict (request_id) do nothing
  returning erasure`;

/** An id that was used for something else says nothing of this object: whoever asked would take its data for gone. */
const selectKnown = `
  select erasure from erasures
  where request_id = $7 and tenant = $1 and system_name = $2 and object_id = $3 and is_dry_run = $4 and requested_by = $5 and why = $6`;

/** It would hand a tombstone to its handler, or leave what lies in the tables of a team's own processors. */
const countOld = `
  select count(*)::integer as old from workers
  where (codes is null or erases_own is not true and exists (select from own_processors where erase is not null))
    and seen_at > clock_timestamp() - interval '30 seconds'`;

export const createErasureDesk = (pool: Pool): ErasureDesk => ({
  open: async ({ key, isDryRun, requestedBy, why, requestId, keyId }) => {
    const { rows: workers } = await pool.query<{ old: number }>(countOld);
    if (!isDryRun && workers[0]!.old > 0)
      return {
        refused: `${workers[0]!.old} of the workers are of an older release, which does not erase all that this one does: end them first.`,
      };
    const values = [key.tenant, key.systemName, key.objectId, isDryRun, requestedBy, why, requestId];
    const { rows } = await pool.query<{ erasure: number }>(insert, [...values, keyId]);
    if (rows[0] !== undefined) return { erasure: rows[0].erasure, known: false };
    const known = await pool.query<{ erasure: number }>(selectKnown, values);
    return known.rows[0] === undefined ? { taken: true } : { erasure: known.rows[0].erasure, known: true };
  },
});
