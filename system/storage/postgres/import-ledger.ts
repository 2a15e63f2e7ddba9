// The ledger of imports on PostgreSQL: one transaction a batch, under the lock of the import's row. What was settled is known by where the ledger stands, so that
// a batch whose answer was lost, or a second process with the same file, appends nothing twice.
import type { Pool, PoolClient } from 'pg';
import type { ImportState } from '../../contract/imports.ts';
import { SystemError } from '../../contract/system-error.ts';
import { admit, isRefusal } from '../../ingest/admit.ts';
import { asContractForm } from '../../ingest/cloudevents/as-contract-form.ts';
import type { ImportBatch, ImportLedger, OpenImport, RefusedLine, SettledBatch } from '../../recovery/import/import-ledger.ts';
import { readDatabaseSize } from '../../stream/postgres/database-size.ts';
import { classifyAppendError, isMissingPartition, unreachable } from '../../stream/postgres/stream-error.ts';
import { appendWithin } from '../../stream/postgres/writer.ts';
import { type EventIdentities, selectKnown } from './event-identities.ts';
import { selectLiveLag } from './live-lag.ts';

export type ImportLedgerOptions = {
  /** Durable commits: that of a stream's writer. */
  readonly pool: Pool;
  readonly identities: EventIdentities;
  readonly laneCount: number;
};

const selectImport = `
  select import, i.tenant, state, format, mapping, header, next_line as "nextLine", lines, rate_per_second as "ratePerSecond",
         json_build_object('eventsPerSecond', t.events_per_second, 'bytesPerSecond', t.bytes_per_second, 'storageBytes', t.storage_bytes) as quotas,
         (select coalesce(sum(bytes), 0)::double precision from tenant_usage u where u.tenant = i.tenant) as "storedBytes"
  from imports i left join tenants t on t.tenant = i.tenant
  where i.tenant = $1 and i.name = $2`;

/** Against everybody else who has lines of this import. With a block of ids: each line has its own, by its place. */
const lockImport = `
  select state, next_line, nextval('event_ids') as first_id from imports where import = $1 for update`;

/** So many refused lines later it pauses by itself: a mapping that is wrong is wrong for every line. */
const mostRefused = 10_000;

/** What it does by itself is on record as its own: nobody asked for it. */
const moveLedger = `
  with moved as (
    update imports set next_line = $3, appended = appended + $5, duplicates = duplicates + $6, refused = refused + $7, moved_at = clock_timestamp(),
      state = case when $3 > lines then 'done' when (refused + $7) / ${mostRefused} > refused / ${mostRefused} then 'paused' else state end,
      ended_at = case when $3 > lines then clock_timestamp() end
    where import = $1 and next_line = $2
    returning state
  ), noted as (
    insert into import_ledger (import, from_line, to_line, first_id, appended, duplicates, refused) values ($1, $2, $3 - 1, $4, $5, $6, $7)
  ), refused as (
    insert into import_refusals (import, line, code, place, reason)
    select $1, line, code, place, reason from unnest($8::bigint[], $9::text[], $10::text[], $11::text[]) as r (line, code, place, reason)
  ), audited as (
    insert into import_audit (import, action, requested_by, why, next_line)
    select $1, case state when 'done' then 'finish' else 'pause' end, 'faultline',
           case state when 'done' then 'its last line is settled' else '${mostRefused} lines more were refused' end, $3
    from moved where state <> 'running'
  )
  select state from moved`;

/** As ingest processes do of their own: what a tenant holds is known by it. */
const noteUsage = `
  insert into tenant_usage as u (tenant, day, events, bytes) values ($1, (now() at time zone 'UTC')::date, $2, $3)
  on conflict (tenant, day) do update set events = u.events + excluded.events, bytes = u.bytes + excluded.bytes`;

export const createImportLedger = ({ pool, identities, laneCount }: ImportLedgerOptions): ImportLedger => ({
  ready: () => identities.ready().catch(failedToReach),
  find: async (tenant, name) => {
    const { rows } = await pool.query<OpenImport & Record<string, unknown>>(selectImport, [tenant, name]).catch(failedToReach);
    const row = rows[0];
    if (row === undefined) return null;
    return { ...row, import: Number(row.import), nextLine: Number(row.nextLine), lines: Number(row.lines) };
  },
  settle: async ({ import: id, tenant }, batch) => {
    const client = await pool.connect().catch(failedToReach);
    let broken = true;
    try {
      const settled = await settle(client, id, batch, { tenant, laneCount });
      broken = false;
      return settled;
    } catch (error) {
      throw await afterFailure(pool, error);
    } finally {
      // A connection in an unknown state is closed: its transaction is rolled back.
      client.release(broken);
    }
  },
  lagMs: async () => {
    const { rows } = await pool.query<{ seconds: number }>(selectLiveLag).catch(failedToReach);
    return rows[0]!.seconds * 1000;
  },
  usedBytes: () => readDatabaseSize(pool).catch(failedToReach),
});

const failedToReach = (error: unknown): never => {
  throw unreachable(error);
};

/** Nobody made today's partition in time: made, so that the same batch goes through now. */
const afterFailure = async (pool: Pool, error: unknown): Promise<SystemError> => {
  if (!isMissingPartition(error)) return error instanceof SystemError ? error : classifyAppendError(error);
  await pool.query('select ensure_log_partitions(7)').catch(failedToReach);
  return new SystemError('FL_STREAM_CONTENDED', 'The partition of today was missing in the log, and was made just now', { cause: error });
};

/**
 * The append locks its lanes until the commit, some round trips later. Whoever freezes in between, or goes without a word, must not hold up ingest: the server
 * ends the transaction by itself, and the same slice goes through later.
 */
const begin = `begin; set local enable_seqscan = off; set local jit = off; set local idle_in_transaction_session_timeout = '2s'`;

type Place = { readonly tenant: string; readonly laneCount: number };

const settle = async (client: PoolClient, id: number, batch: ImportBatch, place: Place): Promise<SettledBatch> => {
  await client.query(begin);
  const { rows } = await client.query<{ state: ImportState; next_line: string; first_id: string }>(lockImport, [id]);
  const [row] = rows;
  if (row === undefined || row.state !== 'running' || Number(row.next_line) !== batch.fromLine) {
    await client.query('rollback');
    return { moved: false, state: row?.state ?? 'cancelled', nextLine: Number(row?.next_line ?? 0), ...nothing };
  }
  const firstId = Number(row.first_id);
  const known = await findKnown(client, batch.events, place.tenant);
  const fresh = batch.events.filter((_, at) => !known.has(at));
  const requests = fresh.map(({ line, ...event }) => ({ ...event, id: firstId + line - batch.fromLine, traceparent: null }));
  const results = await appendWithin(client, requests, place);
  const clashes = [...known].flatMap(([at, { id: other, same }]) => (same ? [] : [conflict(batch.events[at]!.line, other)]));
  const refusals = [
    ...batch.refusals,
    ...clashes,
    ...results.flatMap(({ kind, id: other }, at) => (kind === 'conflict' ? [conflict(fresh[at]!.line, other)] : [])),
  ];
  const appended = results.filter(({ kind }) => kind === 'appended').length;
  const refused = refusals.length;
  const duplicates = batch.events.length + batch.refusals.length - appended - refused;
  const counts = { appended, duplicates, refused };
  const bytes = fresh.reduce((total, { body }, at) => total + (results[at]!.kind === 'appended' ? Buffer.byteLength(body) : 0), 0);
  if (appended > 0) await client.query(noteUsage, [place.tenant, appended, bytes]);
  const moved = await move(client, id, { batch, firstId, refusals, counts });
  await client.query('commit');
  return { moved: true, state: moved, nextLine: batch.nextLine, ...counts };
};

const nothing = { appended: 0, duplicates: 0, refused: 0 };

const conflict = (line: number, id: number): RefusedLine => ({
  line,
  code: 'idempotency_conflict',
  place: '/id',
  reason: `The id was used before for another body, that of event ${id}.`,
});

type Known = { readonly id: number; readonly same: boolean };

/** Events, by their place in the batch, whose identity some event has. */
const findKnown = async (client: PoolClient, events: ImportBatch['events'], tenant: string): Promise<ReadonlyMap<number, Known>> => {
  const keyed = events.flatMap(({ idempotencyKey, systemName }, at) =>
    idempotencyKey === null ? [] : [{ at, idempotencyKey, systemName }],
  );
  if (keyed.length === 0) return new Map();
  const values = [keyed.map(({ systemName }) => systemName), keyed.map(({ idempotencyKey }) => idempotencyKey), tenant];
  const { rows } = await client.query<{ n: number; id: number; body: string }>({ name: 'import_known', text: selectKnown, values });
  return new Map(
    rows.map(({ n, id, body }) => {
      const { at } = keyed[n - 1]!;
      return [at, { id, same: saysTheSame(events[at]!, body) }];
    }),
  );
};

const saysTheSame = (event: ImportBatch['events'][number], body: string): boolean => {
  if (event.body === body) return true;
  const plain = asContractForm(body);
  if (plain === null) return false;
  const delivery = { tenant: event.tenant, receivedAtMs: 0, headerKey: null, newIdentity: () => event.identity };
  const other = admit(Buffer.from(plain), delivery);
  return !isRefusal(other) && Buffer.compare(other.bodyHash, event.bodyHash) === 0;
};

type Move = {
  readonly batch: ImportBatch;
  readonly firstId: number;
  readonly refusals: readonly RefusedLine[];
  readonly counts: Pick<SettledBatch, 'appended' | 'duplicates' | 'refused'>;
};

const move = async (client: PoolClient, id: number, { batch, firstId, refusals, counts }: Move): Promise<ImportState> => {
  const values = [id, batch.fromLine, batch.nextLine, firstId, counts.appended, counts.duplicates, counts.refused];
  const columns = [
    refusals.map(({ line }) => line),
    refusals.map(({ code }) => code),
    refusals.map(({ place }) => place),
    refusals.map(({ reason }) => reason.slice(0, 1000)),
  ];
  const { rows } = await client.query<{ state: ImportState }>({ text: moveLedger, values: [...values, ...columns] });
  return rows[0]!.state;
};
