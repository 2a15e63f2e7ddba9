// The books, read in one snapshot: what entered the stream, where each processor stands, and what became of every event.
import type { Client } from 'pg';
import { signals } from '../../contract/signals.ts';
import type { BookEntry } from '../../telemetry/accounting.ts';
import { terms } from '../../workers/checkpoint.ts';
import { failureCodes } from '../../workers/failure.ts';
import { readConsumers } from './consumer-books.ts';
import { effectsSessions } from './effects-count.ts';
import { indexSessions } from './late-index.ts';
import { readLogBooks } from './log-books.ts';
import { readImports } from './import-books.ts';
import type { BooksReading } from '../../workers/duties-store.ts';
import { datagramEntries, type DatagramSums, selectDatagrams } from './datagram-entries.ts';
import { comparisonSessions } from './rebuild/comparison-step.ts';
import { readRebuilds, rebuildEntries } from './rebuild/rebuild-books.ts';

const selectLanes =
  'select lane, sum(head)::bigint as head, sum(duplicates)::bigint as duplicates, sum(conflicts)::bigint as conflicts from lanes group by lane';

/** The age of the oldest event that a checkpoint has not passed: the one after it. By the database's own clock on both sides. */
const selectCheckpoints = `
  select c.processor, c.version, p.state, c.lane, c.position, c.applied, c.ignored, c.parked, c.pending, c.discarded, c.skipped, c.shed, l.head,
         greatest(extract(epoch from clock_timestamp() - next.appended_at), 0)::double precision as lag_seconds
  from checkpoints c
  join processors p using (processor, version)
  join lanes l on l.stream_version = p.stream_version and l.lane = c.lane
  left join lateral (
    select appended_at from log
    where stream_version = p.stream_version and lane = c.lane and position > c.position and c.position < l.head
    order by position limit 1
  ) next on true
  where p.state <> 'retired'`;

const selectDeadLetters = `
  select processor, reason_code as reason, count(*)::integer as events,
         extract(epoch from clock_timestamp() - min(parked_at))::double precision as oldest_seconds
  from dead_letters join processors p using (processor, version) where p.state = 'active' group by processor, reason_code`;

/** A version that nobody reads yet is told of apart (rebuild-books.ts). */
const selectParkedKeys = `
  select k.processor, k.state, count(*)::integer as keys
  from parked_keys k join processors p using (processor, version) where p.state = 'active' group by k.processor, k.state`;

const selectPending = `
  select processor, extract(epoch from clock_timestamp() - min(since))::double precision as oldest_seconds
  from pending_events join processors p using (processor, version) where p.state = 'active' group by processor`;

const selectRecoveries = `
  select processor, sum(replayed)::bigint as replayed, sum(discarded)::bigint as discarded, sum(failed_again)::bigint as failed_again
  from recovery_totals group by processor`;

/** Estimates, from the statistics that every insert and delete keeps. */
const selectIdentities = `
  select greatest(c.reltuples, s.n_live_tup, 0)::double precision as rows
  from pg_class c left join pg_stat_all_tables s on s.relid = c.oid
  where c.oid = to_regclass('identities')`;

/**
 * What holds back the clean-up of dead rows in this database: open snapshots, transactions that have written, and prepared ones. Those of another database of
 * the server hold back nothing here, nor does a VACUUM, though it has a snapshot. Our own moment does not count; `others` leaves out the count of the effects,
 * a comparison of versions and an index that is being made as well, which nobody should end.
 */
const selectOldestSnapshot = `
  with held as (
    select xact_start as since, application_name like any (array['${effectsSessions}', '${comparisonSessions}', '${indexSessions}']) as is_ours from pg_stat_activity
    where datname = current_database() and (backend_xmin is not null or backend_xid is not null)
      and pid <> pg_backend_pid() and backend_type = 'client backend' and pid not in (select pid from pg_stat_progress_vacuum)
    union all
    select prepared, false from pg_prepared_xacts where database = current_database()
  )
  select coalesce(extract(epoch from clock_timestamp() - min(since)), 0)::double precision as seconds,
         coalesce(extract(epoch from clock_timestamp() - min(since) filter (where not is_ours)), 0)::double precision as others
  from held`;

/** When the counters began: the same for every worker that ever exports them. */
const selectBegin = 'select min(created_at) as began_at from streams';

type LaneRow = { lane: number; head: number; duplicates: number; conflicts: number };
type CheckpointRow = Record<(typeof terms)[number], number> & {
  processor: string;
  version: number;
  state: string;
  lane: number;
  position: number;
  head: number;
  lag_seconds: number | null;
};
type DeadLetterRow = { processor: string; reason: string; events: number; oldest_seconds: number };
type ParkedKeyRow = { processor: string; state: string; keys: number };
type RecoveryRow = { processor: string; replayed: number; discarded: number; failed_again: number };

/** `keepDays`: of retention; 0: nothing is dropped. */
export const readBooks = async (client: Client, keepDays = 0): Promise<BooksReading> => {
  const [
    lanes,
    checkpoints,
    letters,
    keys,
    pending,
    recoveries,
    rebuilds,
    consumers,
    log,
    identities,
    snapshot,
    begun,
    datagrams,
    imports,
  ] = await Promise.all([
    client.query<LaneRow>(selectLanes),
    client.query<CheckpointRow>(selectCheckpoints),
    client.query<DeadLetterRow>(selectDeadLetters),
    client.query<ParkedKeyRow>(selectParkedKeys),
    client.query<{ processor: string; oldest_seconds: number }>(selectPending),
    client.query<RecoveryRow>(selectRecoveries),
    readRebuilds(client),
    readConsumers(client),
    readLogBooks(client, keepDays),
    client.query<{ rows: number }>(selectIdentities),
    client.query<{ seconds: number; others: number }>(selectOldestSnapshot),
    client.query<{ began_at: Date }>(selectBegin),
    client.query<DatagramSums>(selectDatagrams),
    readImports(client),
  ]);
  const identitiesRows = identities.rows[0]?.rows ?? 0;
  const { seconds: snapshotSeconds = 0, others: oldestSnapshotSeconds = 0 } = snapshot.rows[0] ?? {};
  const processors = [...new Set(checkpoints.rows.map(({ processor }) => processor))];
  const entries: BookEntry[] = [
    ...lanes.rows.flatMap(laneEntries),
    ...checkpoints.rows.flatMap(checkpointEntries),
    ...lagEntries(checkpoints.rows.filter(isRead)),
    ...rebuildEntries(rebuilds),
    ...letterEntries(letters.rows, processors),
    ...parkedKeyEntries(keys.rows, processors),
    ...processors.map((processor) => pendingEntry(processor, pending.rows)),
    ...recoveryEntries(recoveries.rows, processors),
    ...imports,
    ...datagrams.rows.flatMap(datagramEntries),
    ...consumers,
    ...log,
    entry(signals.identitiesRows, {}, identitiesRows),
    entry(signals.oldestSnapshotAge, {}, snapshotSeconds),
  ];
  return { entries, identitiesRows, oldestSnapshotSeconds, beganAtMs: begun.rows[0]!.began_at.getTime() };
};

const entry = (signal: BookEntry['signal'], attributes: Readonly<Record<string, string | number>>, value: number): BookEntry =>
  ({ signal, attributes, value }) as BookEntry;

const laneEntries = ({ lane, head, duplicates, conflicts }: LaneRow): BookEntry[] => {
  const attributes = { 'faultline.lane': lane };
  return [
    entry(signals.logAppended, attributes, head),
    entry(signals.logDuplicates, attributes, duplicates),
    entry(signals.logConflicts, attributes, conflicts),
  ];
};

const laneAttributes = ({ processor, version, lane }: { processor: string; version: number; lane: number }) => ({
  'faultline.processor': processor,
  'faultline.processor.version': version,
  'faultline.lane': lane,
});

const checkpointEntries = (row: CheckpointRow): BookEntry[] => {
  const attributes = laneAttributes(row);
  const accounted = terms.reduce((sum, term) => sum + row[term], 0);
  return [
    ...terms.map((term) => entry(signals.accountingEvents, { ...attributes, 'faultline.outcome': term }, row[term])),
    entry(signals.checkpointPosition, attributes, row.position),
    entry(signals.drop, attributes, row.position - accounted),
    ...(isRead(row) ? [entry(signals.lag, attributes, row.head - row.position)] : []),
  ];
};

/** The lag of a version that is being built is no lag of what anybody reads. */
const isRead = ({ state }: CheckpointRow) => state === 'active';

const lagEntries = (rows: readonly CheckpointRow[]): BookEntry[] =>
  [...Map.groupBy(rows, ({ processor, version }) => `${processor}/${version}`).values()].map((ofOne) => {
    const { processor, version } = ofOne[0]!;
    const attributes = { 'faultline.processor': processor, 'faultline.processor.version': version };
    return entry(signals.lagDuration, attributes, Math.max(...ofOne.map(({ lag_seconds }) => lag_seconds ?? 0)));
  });

/** Every reason and every state is told, at 0 too: absent data is not 0. */
const letterEntries = (rows: readonly DeadLetterRow[], processors: readonly string[]): BookEntry[] =>
  processors.flatMap((processor) => {
    const own = rows.filter((row) => row.processor === processor);
    const reasons = [...new Set<string>([...failureCodes, ...own.map(({ reason }) => reason)])];
    const count = (reason: string) => own.find((row) => row.reason === reason)?.events ?? 0;
    const oldest = Math.max(0, ...own.map(({ oldest_seconds }) => oldest_seconds));
    return [
      ...reasons.map((reason) =>
        entry(signals.deadLetters, { 'faultline.processor': processor, 'faultline.reason': reason }, count(reason)),
      ),
      entry(signals.deadLettersOldestAge, { 'faultline.processor': processor }, oldest),
    ];
  });

const parkedKeyEntries = (rows: readonly ParkedKeyRow[], processors: readonly string[]): BookEntry[] =>
  processors.flatMap((processor) =>
    ['retrying', 'parked'].map((state) => {
      const keys = rows.find((row) => row.processor === processor && row.state === state)?.keys ?? 0;
      return entry(signals.parkedKeys, { 'faultline.processor': processor, 'faultline.state': state }, keys);
    }),
  );

const pendingEntry = (processor: string, rows: readonly { processor: string; oldest_seconds: number }[]): BookEntry => {
  const oldest = rows.find((row) => row.processor === processor)?.oldest_seconds ?? 0;
  return entry(signals.pendingOldestAge, { 'faultline.processor': processor }, oldest);
};

const recoveryEntries = (rows: readonly RecoveryRow[], processors: readonly string[]): BookEntry[] =>
  processors.flatMap((processor) => {
    const { replayed = 0, discarded = 0, failed_again = 0 } = rows.find((row) => row.processor === processor) ?? {};
    return Object.entries({ replayed, discarded, failed_again }).map(([outcome, events]) =>
      entry(signals.recoveryEvents, { 'faultline.processor': processor, 'faultline.recovery.outcome': outcome }, events),
    );
  });
