// The comparison that was asked for, a range of keys at a time. Where it stands is in its row: a worker killed in the middle is followed by another.
import type { Client } from 'pg';
import { classifyError, isTimeout } from '../../../workers/error-class.ts';
import { wordsOf } from '../error-words.ts';
import { inTransaction, type Session } from '../session.ts';
import { compareCounts } from './compare-counts.ts';
import {
  type ComparedKey,
  type ComparedRange,
  type Difference,
  differsNow,
  firstDifference,
  type Pair,
  type RangeBounds,
  readRange,
} from './compare-range.ts';

/** The connections that compare, by their application_name (main/connections.ts). */
export const comparisonSessions = 'faultline-worker-%-compare';

type Comparison = Pair & { comparison: number; after_key: ComparedKey | null; ranges: number };

const selectOpen = `
  select comparison, processor, version, against, after_key, ranges from rebuild_comparisons where done_at is null order by comparison limit 1`;

/** One after the other: whoever comes second finds the place moved on, and does nothing. */
const lockOpen = `${selectOpen} for update`;

const saveRange = `
  insert into rebuild_ranges (comparison, range, last_tenant, last_system, last_object, keys, entries, entries_against, hash, hash_against)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

const saveProgress = `
  update rebuild_comparisons
  set after_key = $2, ranges = ranges + 1, keys = keys + $3, entries = entries + $4, entries_against = entries_against + $5, differing = differing + $6,
      failures = 0, problem = null
  where comparison = $1`;

const parkedKey = (version: string) => `processor = $9 and version = ${version} and tenant = $2 and system_name = $3 and object_id = $4`;

const saveDifference = `
  insert into rebuild_differences (comparison, tenant, system_name, object_id, entries, entries_against, first_entry, fields, state, state_against)
  select $1, $2, $3, $4, $5, $6, $7, $8, (select state from parked_keys where ${parkedKey('$10')}), (select state from parked_keys where ${parkedKey('$11')})`;

const selectDifferences = 'select tenant, system_name, object_id from rebuild_differences where comparison = $1';
const forgetDifference = 'delete from rebuild_differences where comparison = $1 and tenant = $2 and system_name = $3 and object_id = $4';
const isFed = `select count(*)::integer as fed from processors where processor = $1 and version in ($2, $3) and state <> 'retired'`;

const finish = `
  update rebuild_comparisons
  set differing = differing - $2, counts_differing = $3, counts_unsettled = $4, done_at = clock_timestamp(),
      outcome = case when differing - $2 = 0 and $3::bigint = 0 and $4::bigint = 0 then 'equal' else 'different' end, failures = 0, problem = null
  where comparison = $1 and done_at is null`;

/** The same step that failed so often in a row would fail for ever: it ends, and says why. */
const noteFailure = `
  update rebuild_comparisons
  set failures = failures + 1, problem = $2, done_at = case when failures + 1 >= $3 then clock_timestamp() end,
      outcome = case when failures + 1 >= $3 then 'failed' end
  where comparison = $1 and done_at is null`;
const mostFailures = 3;

const bounds: RangeBounds = { keys: 500, entries: 100_000 };
/** Of all that differ: the rest is counted. */
const mostKept = 1000;

/** A key alone may have millions of entries, and the counts are compared as a whole. Shorter than an answer is waited for (connection.ts). */
const longestStatementMs = 100_000;
const beginSnapshot = `begin isolation level repeatable read; set local statement_timeout = ${longestStatementMs}`;

/** True where there is more to do. */
export const stepComparison = async (session: Session, sleep: (delayMs: number) => Promise<unknown>): Promise<boolean> => {
  const { rows } = await session.query<Comparison>({ text: selectOpen });
  const open = rows[0];
  if (open === undefined) return false;
  try {
    await step(session, open, sleep);
  } catch (error) {
    if (isItsOwn(error)) await session.query({ text: noteFailure, values: [open.comparison, wordsOf(error), mostFailures] });
    throw error;
  }
  return true;
};

/** Not the moment's: a database that is out of reach, or a lock that another worker has, says nothing of the comparison. */
const isItsOwn = (error: unknown): boolean => classifyError(error) !== 'infrastructure' || isTimeout(error);

const step = async (session: Session, open: Comparison, sleep: (delayMs: number) => Promise<unknown>): Promise<void> => {
  const isLast = await inTransaction(session, (client) => compareNext(client, open), beginSnapshot);
  if (!isLast) return;
  const counts = await compareCounts(session, open, { sleep, begin: beginSnapshot });
  // Together: keys that were forgotten, but are still counted, would differ and be shown by nobody.
  await inTransaction(
    session,
    async (client) => {
      const alike = await forgetThoseAlike(client, open);
      await client.query(finish, [open.comparison, alike, counts.differing, counts.unsettled]);
    },
    beginSnapshot,
  );
};

const compareNext = async (client: Client, seen: Comparison): Promise<boolean> => {
  const { rows } = await client.query<Comparison>(lockOpen);
  const open = rows[0];
  if (open === undefined || open.comparison !== seen.comparison || open.ranges !== seen.ranges) return false;
  const { rows: fed } = await client.query<{ fed: number }>(isFed, [open.processor, open.version, open.against]);
  // One was dropped meanwhile: there is nothing to compare with, and what was found so far stands.
  if (fed[0]!.fed < 2) return true;
  const range = await readRange(client, open, open.after_key, bounds);
  if (range.lastKey === null) return true;
  await save(client, open, range);
  return false;
};

const save = async (client: Client, { comparison, ranges, ...pair }: Comparison, range: ComparedRange): Promise<void> => {
  const { lastKey, keys, entries, entriesAgainst, hash, hashAgainst, differing } = range;
  await client.query(saveRange, [comparison, ranges, ...lastKey!, keys, entries, entriesAgainst, hash, hashAgainst]);
  await client.query(saveProgress, [comparison, JSON.stringify(lastKey), keys, entries, entriesAgainst, differing.length]);
  const { rows } = await client.query<{ kept: number }>('select count(*)::integer as kept from rebuild_differences where comparison = $1', [
    comparison,
  ]);
  for (const difference of differing.slice(0, mostKept - rows[0]!.kept)) await keep(client, comparison, pair, difference);
};

const keep = async (client: Client, comparison: number, pair: Pair, { key, entries, entriesAgainst }: Difference): Promise<void> => {
  const first = (await firstDifference(client, pair, key)) ?? { entry: Math.min(entries, entriesAgainst) + 1, fields: [] };
  const { processor, version, against } = pair;
  await client.query(saveDifference, [comparison, ...key, entries, entriesAgainst, first.entry, first.fields, processor, version, against]);
};

/** A key that was tried again, or erased, between the two versions' turns differed for a moment only. Returns how many. */
const forgetThoseAlike = async (client: Client, { comparison, ...pair }: Comparison): Promise<number> => {
  const { rows } = await client.query<{ tenant: string; system_name: string; object_id: string }>(selectDifferences, [comparison]);
  let alike = 0;
  for (const row of rows) {
    const key: ComparedKey = [row.tenant, row.system_name, row.object_id];
    if (await differsNow(client, pair, key)) continue;
    await client.query(forgetDifference, [comparison, ...key]);
    alike += 1;
  }
  return alike;
};
