// The desk of imports on PostgreSQL: a file's row and its audit in one statement. It appends nothing.
import type { Pool, PoolClient } from 'pg';
import type { ImportState } from '../../contract/imports.ts';
import type { ImportAsker, ImportDesk, OpenedImport, StandingImport } from '../../recovery/import/import-desk.ts';
import { defaultRatePerSecond, type OpenImportRequest } from '../../recovery/import/import-request.ts';
import { inTransaction } from './in-transaction.ts';

const standing = 'name, state, next_line as "nextLine", lines';

/** 1717660005 is 'faul'. One who opens at a time, or two with the same file under two names would both find that it had not come before. */
const oneOpener = 'select pg_advisory_xact_lock(1717660005, 10)';

/** What was cancelled before it appended a line brought nothing. One that can be gone on with is named before one that can't. */
const selectSameFile = `
  select name, state from imports
  where tenant = $1 and sha256 = decode($2, 'hex') and name <> $3 and (state <> 'cancelled' or appended > 0)
  order by state = 'cancelled', import limit 1`;

const insertImport = `
  with opened as (
    insert into imports (tenant, name, format, mapping, header, sha256, bytes, lines, next_line, state, rate_per_second, requested_by, why, key_id)
    values ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8, $9, 'running', $10, $11, $12, $13)
    on conflict (tenant, name) do nothing
    returning *
  ), audited as (
    insert into import_audit (import, action, requested_by, key_id, why, next_line) select import, 'open', requested_by, key_id, why, next_line from opened
  )
  select ${standing} from opened`;

const selectOpened = `
  select ${standing}, sha256 = decode($3, 'hex') and format = $4 and mapping is not distinct from $5::jsonb as same from imports where tenant = $1 and name = $2`;

/** What is over stays so. */
const steer = `
  with steered as (
    update imports set state = $3, rate_per_second = coalesce($4, rate_per_second), moved_at = clock_timestamp(),
      ended_at = case when $3 = 'cancelled' then clock_timestamp() end
    where tenant = $1 and name = $2 and state in ('running', 'paused')
    returning *
  ), audited as (
    insert into import_audit (import, action, requested_by, why, next_line, key_id) select import, $5, $6, $7, next_line, $8 from steered
  )
  select ${standing} from steered`;

const selectStanding = `select ${standing} from imports where tenant = $1 and name = $2`;

const stateAfter = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const;

/** The pool gives whole numbers as numbers. */
export const createImportDesk = (pool: Pool): ImportDesk => ({
  open: (request, asker) => inTransaction(pool, (client) => open(client, request, asker)),
  steer: async (name, { action, rate_per_second: rate = null, requested_by: by, why }, { tenant, keyId }) => {
    const { rows } = await pool.query<StandingImport>(steer, [tenant, name, stateAfter[action], rate, action, by, why, keyId]);
    if (rows[0] !== undefined) return { kind: 'steered', ...rows[0] };
    const found = await pool.query<StandingImport>(selectStanding, [tenant, name]);
    return found.rows[0] === undefined ? { kind: 'unknown_import' } : { kind: 'over', ...found.rows[0] };
  },
});

const open = async (client: PoolClient, request: OpenImportRequest, { tenant, keyId }: ImportAsker): Promise<OpenedImport> => {
  await client.query(oneOpener);
  if (request.again !== true) {
    const { rows } = await client.query<{ name: string; state: ImportState }>(selectSameFile, [tenant, request.sha256, request.name]);
    if (rows[0] !== undefined) return { kind: 'came_before', ...rows[0] };
  }
  const { rows } = await client.query<StandingImport>(insertImport, [tenant, ...openValues(request), keyId]);
  if (rows[0] !== undefined) return { kind: 'opened', ...rows[0] };
  const values = [tenant, request.name, request.sha256, request.format, json(request.mapping)];
  const found = await client.query<StandingImport & { same: boolean }>(selectOpened, values);
  const { same, ...known } = found.rows[0]!;
  return same ? { kind: 'known', ...known } : { kind: 'other_file' };
};

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

const openValues = (request: OpenImportRequest): readonly unknown[] => [
  request.name,
  request.format,
  json(request.mapping),
  json(request.header),
  request.sha256,
  request.bytes,
  request.lines,
  request.first_line,
  request.rate_per_second ?? defaultRatePerSecond,
  request.requested_by,
  request.why,
];
