// Rebuilds as workers look at them: which versions are built, and how live traffic fares meanwhile.
import type { BuildingVersion, RebuildStore } from '../../workers/rebuild-store.ts';
import type { Session } from './session.ts';

const selectBuilding = `
  select r.processor, r.version, r.rate_per_second as "ratePerSecond", s.lane_count as "laneCount"
  from rebuilds r join processors p using (processor, version) join streams s on s.version = p.stream_version
  where p.state = 'building'`;

/** The oldest event after a checkpoint, of every lane of a version in use; by the database's clock on both sides. */
const selectLiveLag = `
  select coalesce(max(extract(epoch from clock_timestamp() - next.appended_at)), 0)::double precision as seconds
  from processors p
  join checkpoints c using (processor, version)
  join lanes l on l.stream_version = p.stream_version and l.lane = c.lane
  cross join lateral (
    select appended_at from log
    where stream_version = p.stream_version and lane = c.lane and position > c.position and c.position < l.head
    order by position limit 1
  ) next
  where p.state = 'active'`;

export const createRebuildStore = (session: Session): RebuildStore => ({
  look: async () => {
    const { rows: building } = await session.query<BuildingVersion>({ name: 'rebuilds', text: selectBuilding });
    if (building.length === 0) return { building, liveLagSeconds: 0 };
    const { rows } = await session.query<{ seconds: number }>({ name: 'rebuild_live_lag', text: selectLiveLag });
    return { building, liveLagSeconds: Math.max(0, rows[0]!.seconds) };
  },
});
