// The effects, counted where they stand and compared with the books of the same snapshot: in a transaction of its own, so that the books go on meanwhile.
import { signals } from '../../contract/signals.ts';
import type { BookEntry } from '../../telemetry/accounting.ts';
import { holdsDuties } from './holds-duties.ts';
import { cutOnAbort, inTransaction, type Session } from './session.ts';

/** The connections that count, by their application_name (main/connections.ts). */
export const effectsSessions = 'faultline-worker-%-effects';

/**
 * The tables are read as a whole: at half a gigabyte a second this is for a hundred gigabytes. Not for longer, since its snapshot holds back the clean-up of
 * the counter rows meanwhile, of which FaultlineSnapshotOld tells after five minutes.
 */
const longestCountMs = 240_000;
/** What we wait beyond that for a server that says nothing at all. */
const answerMarginMs = 10_000;

/** Sequential scans are what a count wants. Whoever holds a read model locked is not waited for: ingest and workers would queue behind us. */
const beginCount = `
  begin isolation level repeatable read read only;
  set local statement_timeout = ${longestCountMs}; set local enable_seqscan = on; set local lock_timeout = '200ms'`;

/** Read models that are counted. What a team's own processor writes is for the team to count. */
const selectApplied = `
  select c.processor, c.version, c.lane, c.applied
  from checkpoints c join processors p using (processor, version)
  where p.state <> 'retired'
    and not exists (select from own_processors o where (o.processor, o.version) = (c.processor, c.version))`;

/** Every effect is counted where it stands. A table that has no row of a lane is not in the answer. */
const selectEffects = `
  select 'events' as place, 1 as version, lane, count(*)::bigint as effects from events group by lane
  union all
  select 'timeline_entries', version, lane, count(*)::bigint from timeline_entries group by version, lane
  union all
  select 'minute_counts', version, lane, sum(count)::bigint from minute_counts group by version, lane`;

/** Where each event that a processor applied has left an effect. */
const placesOf: Readonly<Record<string, readonly string[]>> = { events: ['events'], timelines: ['timeline_entries', 'minute_counts'] };

const countOnClient = { text: selectEffects, query_timeout: longestCountMs + answerMarginMs };

type AppliedRow = { processor: string; version: number; lane: number; applied: number };
type EffectRow = { place: string; version: number; lane: number; effects: number };

/** Null: the duties are another's. */
export const countEffects = async (
  session: Session,
  { worker, epoch }: { readonly worker: string; readonly epoch: number },
  signal: AbortSignal,
): Promise<readonly BookEntry[] | null> => {
  signal.throwIfAborted();
  return inTransaction(
    session,
    async (client) => {
      // A count that nobody wants any more must not keep its snapshot.
      using _cut = cutOnAbort(client, signal);
      if (!(await holdsDuties(client, worker, epoch))) return null;
      const applied = await client.query<AppliedRow>(selectApplied);
      const counted = await client.query<EffectRow>(countOnClient);
      return surplusEntries(applied.rows, counted.rows);
    },
    beginCount,
  );
};

/** Of two counts of one thing the one that is further from the books. */
const surplusEntries = (applied: readonly AppliedRow[], counted: readonly EffectRow[]): readonly BookEntry[] =>
  applied.map((row) => {
    const effectsIn = (place: string) =>
      counted.find((one) => one.place === place && one.version === row.version && one.lane === row.lane)?.effects ?? 0;
    const surpluses = (placesOf[row.processor] ?? []).map((place) => effectsIn(place) - row.applied);
    const surplus = surpluses.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst), 0);
    const attributes = { 'faultline.processor': row.processor, 'faultline.processor.version': row.version, 'faultline.lane': row.lane };
    return { signal: signals.effectSurplus, attributes, value: surplus };
  });
