// How live traffic fares: what imports and rebuilds make way for.

/** Seconds that the oldest event waits which a version has not passed, of every lane; by the database's clock on both sides. Its `where` is of processors p. */
export const selectLagOfVersions = `
  select coalesce(max(extract(epoch from clock_timestamp() - next.appended_at)), 0)::double precision as seconds
  from processors p
  join checkpoints c using (processor, version)
  join lanes l on l.stream_version = p.stream_version and l.lane = c.lane
  cross join lateral (
    select appended_at from log
    where stream_version = p.stream_version and lane = c.lane and position > c.position and c.position < l.head
    order by position limit 1
  ) next`;

/**
 * Seconds that the oldest event waits which a version in use has not passed. A processor of a team's own that
 * nobody runs keeps nobody waiting: what is slowed down for it would never go on. Those of ours any worker runs.
 */
export const selectLiveLag = `
  ${selectLagOfVersions}
  where p.state = 'active' and (
    not exists (select from own_processors o where (o.processor, o.version) = (p.processor, p.version))
    or exists (
      select from worker_processors r join workers w using (worker)
      where (r.processor, r.version) = (p.processor, p.version) and w.seen_at > clock_timestamp() - interval '30 seconds'
    )
  )`;
