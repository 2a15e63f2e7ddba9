// Rebuilds as workers look at them: which versions are built, and how live traffic fares meanwhile.
import type { BuildingVersion, RebuildStore } from '../../workers/rebuild-store.ts';
import { selectLiveLag } from './live-lag.ts';
import type { Session } from './session.ts';

const selectBuilding = `
  select r.processor, r.version, r.rate_per_second as "ratePerSecond", s.lane_count as "laneCount"
  from rebuilds r join processors p using (processor, version) join streams s on s.version = p.stream_version
  where p.state = 'building'`;

export const createRebuildStore = (session: Session): RebuildStore => ({
  look: async () => {
    const { rows: building } = await session.query<BuildingVersion>({ name: 'rebuilds', text: selectBuilding });
    if (building.length === 0) return { building, liveLagSeconds: 0 };
    const { rows } = await session.query<{ seconds: number }>({ name: 'rebuild_live_lag', text: selectLiveLag });
    return { building, liveLagSeconds: Math.max(0, rows[0]!.seconds) };
  },
});
