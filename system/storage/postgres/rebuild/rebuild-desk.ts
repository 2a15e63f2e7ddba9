// The desk of rebuilds on PostgreSQL: each request is one transaction with its record; what is refused is on record too.
import type { Pool, PoolClient } from 'pg';
import type { AskedRebuild, RebuildAnswer, RebuildDesk } from '../../../recovery/rebuild-desk.ts';
import { inTransaction } from '../in-transaction.ts';
import { selectLagOfVersions } from '../live-lag.ts';
import { Refused } from './refused.ts';
import { serveVersion } from './serve-version.ts';
import { startVersion } from './start-version.ts';
import { lockVersions, type Version, type Versions } from './versions.ts';

export type RebuildDeskOptions = {
  readonly pool: Pool;
  readonly freshnessBudgetMs: number;
  readonly nowMs: () => number;
  readonly sleep: (delayMs: number) => Promise<unknown>;
};

const insertAction = `
  insert into rebuild_actions (action, processor, version, is_forced, outcome, detail, requested_by, why, request_id, key_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** `same`: as far as it is on record, it is this very request that came before. */
const selectKnown = `
  select outcome, version, detail,
         (a.action, a.processor, a.is_forced, a.requested_by, a.why) = ($2, $3, $4::boolean, $5, $6) and a.version = coalesce($7::integer, a.version)
           and (a.action <> 'start' or a.outcome <> 'done' or r.rate_per_second = $8::double precision) as same
  from rebuild_actions a left join rebuilds r using (processor, version)
  where a.request_id = $1`;

const insertComparison = `
  insert into rebuild_comparisons (processor, version, against, requested_by, why) values ($1, $2, $3, $4, $5)`;

const selectComparison = `
  select outcome, done_at < clock_timestamp() - interval '24 hours' as is_old, differing, counts_differing, counts_unsettled, problem
  from rebuild_comparisons where processor = $1 and version = $2 and against = $3 order by comparison desc limit 1`;

/** Seconds that the oldest event which it has not passed waits for it. */
const selectLag = `
  ${selectLagOfVersions}
  where p.processor = $1 and p.version = $2`;

const retire = `update processors set state = 'retired' where processor = $1 and version = $2`;
const insertDropped = 'insert into dropped_versions (processor, version) values ($1, $2) on conflict do nothing';

/** A switch that finds the new version a little behind comes again: live traffic never stands still for longer than the budget at a time. */
const switchWithinMs = 5000;
const betweenTriesMs = 100;

export const createRebuildDesk = (options: RebuildDeskOptions): RebuildDesk => ({
  carryOut: async (asked) => {
    const endsAtMs = options.nowMs() + switchWithinMs;
    for (;;) {
      const tried = await tryOnce(options, asked);
      if (tried.answer !== null) return tried.answer;
      if (options.nowMs() >= endsAtMs) return record(options.pool, asked, tried.refused);
      await options.sleep(betweenTriesMs);
    }
  },
});

type Answered = RebuildAnswer | { readonly taken: true };

/** `answer` null: refused for what may pass in a moment. */
type Tried = { readonly answer: Answered } | { readonly answer: null; readonly refused: Refused };

const passing: ReadonlySet<string> = new Set(['switch', 'back']);

const tryOnce = async (options: RebuildDeskOptions, asked: AskedRebuild): Promise<Tried> => {
  try {
    return { answer: await inTransaction(options.pool, (client) => decide(client, options, asked)) };
  } catch (error) {
    if (isContended(error))
      return { answer: null, refused: new Refused(0, 'The lanes of the version that is read could not be held for a moment.') };
    if (!(error instanceof Refused)) throw error;
    if (passing.has(asked.action) && error instanceof Behind) return { answer: null, refused: error };
    return { answer: await record(options.pool, asked, error) };
  }
};

/** A lock that was not had in time, or a deadlock: nothing was changed. */
const isContended = (error: unknown) => ['55P03', '40P01'].includes(String((error as { code?: unknown }).code));

/** Refused for a reason that passes. */
class Behind extends Refused {}

const decide = async (client: PoolClient, options: RebuildDeskOptions, asked: AskedRebuild): Promise<Answered> => {
  const versions = await lockVersions(client, asked.readModel);
  // After the lock: the same request that was under way is seen.
  const known = await findKnown(client, asked);
  if (known !== null) return known;
  const { version, detail } = await act(client, options, versions, asked);
  await write(client, asked, { outcome: 'done', version, detail });
  return { outcome: 'done', version, detail, known: false };
};

type Done = { readonly version: number; readonly detail: string | null };

const act = async (client: PoolClient, options: RebuildDeskOptions, versions: Versions, asked: AskedRebuild): Promise<Done> => {
  switch (asked.action) {
    case 'start':
      return { version: await startVersion(client, versions, asked), detail: null };
    case 'compare':
      return compare(client, options, versions, asked);
    case 'switch':
      return switchTo(client, options, versions, asked);
    case 'back':
      return goBack(client, options, versions, asked);
    case 'drop':
      return drop(client, versions, asked);
  }
};

const demandPair = (
  { served, newer, older }: Versions,
  { readModel }: AskedRebuild,
): { readonly newer: Version; readonly older: Version } => {
  if (newer !== null && older !== null) return { newer, older };
  throw new Refused(served.version, `There is only version ${served.version} of ${readModel}: start a rebuild first.`);
};

const compare = async (client: PoolClient, options: RebuildDeskOptions, versions: Versions, asked: AskedRebuild): Promise<Done> => {
  const { newer, older } = demandPair(versions, asked);
  const detail = await demandFresh(client, options, newer, asked);
  await client.query(insertComparison, [asked.readModel, newer.version, older.version, asked.requestedBy, asked.why]);
  return { version: newer.version, detail };
};

const switchTo = async (client: PoolClient, options: RebuildDeskOptions, versions: Versions, asked: AskedRebuild): Promise<Done> => {
  const { newer, older } = demandPair(versions, asked);
  if (newer.state === 'active') throw new Refused(newer.version, `Version ${newer.version} is the one that is read already.`);
  const past = [await demandCompared(client, newer, older, asked), await demandFresh(client, options, newer, asked)];
  past.push(await serve(client, options, asked, older, newer));
  return { version: newer.version, detail: past.filter((one) => one !== null).join(' ') || null };
};

const goBack = async (client: PoolClient, options: RebuildDeskOptions, versions: Versions, asked: AskedRebuild): Promise<Done> => {
  const { newer, older } = demandPair(versions, asked);
  if (newer.state !== 'active') throw new Refused(older.version, `Version ${older.version} is the one that is read already.`);
  const past = [await demandFresh(client, options, older, asked), await serve(client, options, asked, newer, older)];
  return { version: older.version, detail: past.filter((one) => one !== null).join(' ') || null };
};

const serve = async (client: PoolClient, options: RebuildDeskOptions, asked: AskedRebuild, from: Version, to: Version) => {
  const { nowMs, sleep, freshnessBudgetMs: stillForMs } = options;
  const behind = await serveVersion(client, { processor: asked.readModel, from, to, stillForMs, nowMs, sleep });
  return behind === 0
    ? null
    : unlessForced(asked, new Behind(to.version, `Version ${to.version} lacks ${behind} events that version ${from.version} has shown.`));
};

/** What is forced is said, and goes on record. */
const unlessForced = ({ force }: AskedRebuild, refused: Refused): string => {
  if (!force) throw refused;
  return `Forced: ${refused.message}`;
};

const demandFresh = async (client: PoolClient, { freshnessBudgetMs }: RebuildDeskOptions, { version }: Version, asked: AskedRebuild) => {
  const { rows } = await client.query<{ seconds: number }>(selectLag, [asked.readModel, version]);
  const lagMs = Math.round(rows[0]!.seconds * 1000);
  if (lagMs <= freshnessBudgetMs) return null;
  return unlessForced(
    asked,
    new Behind(version, `An event has waited for version ${version} for ${lagMs} ms; the freshness budget is ${freshnessBudgetMs} ms.`),
  );
};

type Compared = {
  outcome: string | null;
  is_old: boolean | null;
  differing: number;
  counts_differing: number;
  counts_unsettled: number;
  problem: string | null;
};

const demandCompared = async (client: PoolClient, newer: Version, older: Version, asked: AskedRebuild): Promise<string | null> => {
  const { rows } = await client.query<Compared>(selectComparison, [asked.readModel, newer.version, older.version]);
  const reason = objectionTo(rows[0]);
  return reason === null ? null : unlessForced(asked, new Refused(newer.version, reason));
};

const objectionTo = (compared: Compared | undefined): string | null => {
  if (compared === undefined) return 'The two versions were not compared: ask for a compare first.';
  if (compared.outcome === null) return 'The comparison is not done yet.';
  if (compared.is_old === true) return 'The comparison is older than a day: ask for another.';
  if (compared.outcome === 'equal') return null;
  if (compared.outcome === 'failed') return `The comparison could not be carried out: ${compared.problem}. Ask for another.`;
  const { differing, counts_differing: counts, counts_unsettled: unsettled } = compared;
  if (differing + counts === 0) return `The comparison found no moment for ${unsettled} counts under traffic: ask for another.`;
  return `The comparison found ${differing} keys and ${counts} counts that differ.`;
};

const drop = async (client: PoolClient, { fed, served, newer }: Versions, asked: AskedRebuild): Promise<Done> => {
  const version = asked.version ?? fed.findLast((one) => one.version !== served.version)?.version ?? served.version;
  if (version === served.version)
    throw new Refused(version, `Version ${version} is the one that is read${newer === null ? ', and the only one' : ''}.`);
  if (!fed.some((one) => one.version === version))
    throw new Refused(version, `There is no version ${version} of ${asked.readModel} that is fed.`);
  await client.query(retire, [asked.readModel, version]);
  await client.query(insertDropped, [asked.readModel, version]);
  return { version, detail: null };
};

const write = (
  client: Pick<PoolClient, 'query'>,
  asked: AskedRebuild,
  { outcome, version, detail }: Omit<RebuildAnswer, 'known'>,
  unless = '',
) =>
  client.query(`${insertAction} ${unless}`, [
    asked.action,
    asked.readModel,
    version,
    asked.force,
    outcome,
    detail,
    asked.requestedBy,
    asked.why,
    asked.requestId,
    asked.keyId,
  ]);

const record = async (pool: Pool, asked: AskedRebuild, { version, message }: Refused): Promise<Answered> => {
  const refused = { outcome: 'refused', version, detail: message } as const;
  const { rowCount } = await write(pool, asked, refused, 'on conflict (request_id) do nothing');
  // Nobody holds the versions any more: the same request may have been recorded by another in the meantime.
  return (rowCount === 1 ? null : await findKnown(pool, asked)) ?? { ...refused, known: false };
};

type Known = Omit<RebuildAnswer, 'known'> & { readonly same: boolean };

const findKnown = async (client: Pick<PoolClient, 'query'>, asked: AskedRebuild): Promise<Answered | null> => {
  const { requestId, action, readModel, force, requestedBy, why, version, ratePerSecond } = asked;
  const values = [requestId, action, readModel, force, requestedBy, why, version, ratePerSecond];
  const { rows } = await client.query<Known>(selectKnown, values);
  if (rows[0] === undefined) return null;
  const { same, ...known } = rows[0];
  return same ? { ...known, known: true } : { taken: true };
};
