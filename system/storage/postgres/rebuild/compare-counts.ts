// Counts per minute of two versions compared. They have no position, so that each lane is looked at until both versions stand at the same one.
import type { Pair } from './compare-range.ts';
import { inTransaction, type Session } from '../session.ts';

const select = `
  with rest as (
    select lane, min(position) = max(position) as level from checkpoints
    where processor = $1 and version in ($2::integer, $3::integer) group by lane
  )
  select concat_ws(e'\\x1f', lane, tenant, system_name, event_name, minute) as name, level
  from (select lane, tenant, system_name, event_name, minute, count from minute_counts where version = $2) a
  full join (select lane, tenant, system_name, event_name, minute, count from minute_counts where version = $3) b
    using (lane, tenant, system_name, event_name, minute)
  join rest using (lane)
  where a.count is distinct from b.count`;

export type ComparedCounts = {
  readonly differing: number;
  /** Different from the first look on in every one, and the lane was never at rest in both: it is not known whether they are alike. */
  readonly unsettled: number;
};

export type CountOptions = {
  readonly sleep: (delayMs: number) => Promise<unknown>;
  /** Of the transaction of each look, with the time that it may take. */
  readonly begin: string;
};

const looks = 120;
const betweenLooksMs = 25;

export const compareCounts = async (
  session: Session,
  { processor, version, against }: Pair,
  { sleep, begin }: CountOptions,
): Promise<ComparedCounts> => {
  const real = new Set<string>();
  /** What differs later and did not at first is traffic that one of the two has not passed yet. */
  let open: ReadonlySet<string> | null = null;
  for (let look = 0; look < looks; look += 1) {
    // One statement, thus one snapshot: the counts and where the lanes stand.
    const { rows } = await inTransaction(
      session,
      (client) => client.query<{ name: string; level: boolean }>(select, [processor, version, against]),
      begin,
    );
    const now = new Set(rows.map(({ name }) => name));
    for (const { name, level } of rows) if (level) real.add(name);
    for (const name of real) if (!now.has(name)) real.delete(name);
    const left: ReadonlySet<string> = open ?? now;
    open = new Set([...left].filter((name) => now.has(name) && !real.has(name)));
    if (open.size === 0) break;
    await sleep(betweenLooksMs);
  }
  return { differing: real.size, unsettled: open?.size ?? 0 };
};
