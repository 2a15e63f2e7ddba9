// The limits of replays on PostgreSQL: the function replay_limit of migration 0009, against the heads of now.
import type { LaneId } from '../../workers/checkpoint.ts';
import type { ReplayLimitStore } from '../../workers/replay-limits.ts';
import type { Session } from './session.ts';

const selectLimits = `
  select w.processor, w.version, w.lane, replay_limit(w.processor, w.version, w.lane, h.head) as "limit"
  from unnest($1::text[], $2::integer[], $3::integer[]) as w (processor, version, lane)
  join processors p using (processor, version)
  join lanes h on h.stream_version = p.stream_version and h.lane = w.lane`;

export const createReplayLimitStore = (session: Session): ReplayLimitStore => ({
  limits: async (lanes) => {
    const values = [lanes.map(({ processor }) => processor), lanes.map(({ version }) => version), lanes.map(({ lane }) => lane)];
    const { rows } = await session.query<LaneId & { limit: number }>({ name: 'replay_limits', text: selectLimits, values });
    return rows;
  },
});
