// GET /rebuilds/{read_model}: its versions, how far each is, the last comparison, and what operators did.
import { rebuildable } from '../../contract/rebuild.ts';
import { demandHost } from '../demand-host.ts';
import { notFound } from '../request-problem.ts';
import { defineRoute } from '../route.ts';
import { noParameters } from '../schemas/parameters.ts';
import { rebuildAnswer, rebuildPath } from '../schemas/rebuild-answers.ts';
import { utc } from '../sql.ts';

type VersionRow = { readonly version: number; readonly state: string };

const selectVersions = `
  select p.version, p.state, coalesce(p.code, p.version) as code, r.beside, r.rate_per_second, ${utc('r.started_at')},
         coalesce(b.head, 0)::bigint as head, coalesce(b.position, 0)::bigint as position, coalesce(b.head - b.position, 0)::bigint as lag,
         coalesce(greatest(b.lag_seconds, 0), 0)::double precision as lag_seconds,
         (select count(*) from leases l where (l.processor, l.version) = (p.processor, p.version) and l.expires_at > now()) as lanes_held,
         coalesce(b.applied, 0)::bigint as applied, coalesce(b.ignored, 0)::bigint as ignored, coalesce(b.skipped, 0)::bigint as skipped,
         coalesce(b.parked, 0)::bigint as parked, coalesce(b.pending, 0)::bigint as pending,
         (select count(*) from dead_letters d where (d.processor, d.version) = (p.processor, p.version)) as dead_letters,
         ${utc('g.dropped_at')}, g.removed as rows_removed
  from processors p
  left join rebuilds r using (processor, version)
  left join dropped_versions g using (processor, version)
  left join lateral (
    select sum(h.head) as head, sum(c.position) as position, sum(c.applied) as applied, sum(c.ignored) as ignored, sum(c.skipped) as skipped,
           sum(c.parked) as parked, sum(c.pending) as pending, max(extract(epoch from clock_timestamp() - next.appended_at)) as lag_seconds
    from checkpoints c
    join lanes h on h.stream_version = p.stream_version and h.lane = c.lane
    left join lateral (
      select appended_at from log
      where stream_version = p.stream_version and lane = c.lane and position > c.position and c.position < h.head
      order by position limit 1
    ) next on true
    where c.processor = p.processor and c.version = p.version and p.state <> 'retired'
  ) b on true
  where p.processor = $1 order by p.version`;

export const comparisonColumns = `
  comparison, version, against, requested_by, why, ${utc('requested_at')}, ${utc('done_at')}, outcome, problem, ranges, keys, entries, entries_against,
  differing, counts_differing, counts_unsettled`;

const selectComparison = `select ${comparisonColumns} from rebuild_comparisons where processor = $1 order by comparison desc limit 1`;

const selectActions = `
  select entry, ${utc('at')}, action, version, is_forced, outcome, detail, requested_by, why, key_id
  from rebuild_actions where processor = $1 order by entry desc limit 20`;

export const rebuild = defineRoute({
  method: 'GET',
  url: '/rebuilds/:read_model',
  summary: 'The versions of a read model, how far each is, and what operators did with them.',
  path: rebuildPath,
  query: noParameters,
  answer: rebuildAnswer,
  errors: ['invalid_query', 'not_found', 'storage_unavailable'],
  respond: async ({ path: { read_model: readModel }, tenant }, database) => {
    demandHost(tenant);
    if (!rebuildable.some((name) => name === readModel))
      throw notFound(`'${readModel}' is no read model that can be built anew: there is ${rebuildable.join(', ')}.`);
    return database.snapshot(async (snapshot) => {
      const versions = await snapshot.query<VersionRow>('SELECT processors', selectVersions, [readModel]);
      const [comparison] = await snapshot.query('SELECT rebuild_comparisons', selectComparison, [readModel]);
      const actions = await snapshot.query('SELECT rebuild_actions', selectActions, [readModel]);
      const served = versions.findLast(({ state }) => state === 'active');
      return JSON.stringify({
        read_model: readModel,
        served_version: served?.version ?? 0,
        versions,
        comparison: comparison ?? null,
        actions,
      });
    });
  },
});
