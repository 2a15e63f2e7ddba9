// Counts per minute of two versions compared. They have no position, so that each lane is looked at until both versions stand at the same one.
import type { Pair } from './compare-range.ts';
import type { Session } from '../session.ts';

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
  /** Different in every look, and the lane was never at rest in both. */
  readonly unsettled: number;
};

const looks = 40;
const betweenLooksMs = 25;

export const compareCounts = async (
  session: Session,
  { processor, version, against }: Pair,
  sleep: (delayMs: number) => Promise<unknown>,
): Promise<ComparedCounts> => {
  const real = new Set<string>();
  let open = new Set<string>();
  for (let look = 0; look < looks; look += 1) {
    // One statement, thus one snapshot: the counts and where the lanes stand.
    const { rows } = await session.query<{ name: string; level: boolean }>({ text: select, values: [processor, version, against] });
    const now = new Set(rows.map(({ name }) => name));
    for (const { name, level } of rows) if (level) real.add(name);
    for (const name of real) if (!now.has(name)) real.delete(name);
    open = new Set([...now].filter((name) => !real.has(name)));
    if (open.size === 0) break;
    await sleep(betweenLooksMs);
  }
  return { differing: real.size, unsettled: open.size };
};
