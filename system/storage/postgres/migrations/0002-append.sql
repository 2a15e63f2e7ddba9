-- The append: one statement a batch, dedupe first, survivors take positions and enter the log. And the log's partitions, made ahead.

-- A batch of nothing but duplicates leaves no row of its own behind, so a repeated attempt after an ambiguous commit would count it twice.
-- Its mark: the first id of the batch. Rows older than an hour leave by append_housekeeping().
create table counted_batches (
  first_id  bigint primary key,
  at        timestamptz not null default now()
);

-- ── Partitions of the log: one a UTC day ────────────────────────────────────────────────────────────────────
-- Attached, not created in place: ATTACH takes SHARE UPDATE EXCLUSIVE on the log, CREATE … PARTITION OF would stop every append.
create function ensure_log_partitions(p_days_ahead integer default 7) returns integer
language plpgsql as $$
declare
  v_today date := (now() at time zone 'UTC')::date;
  v_name  text;
  v_made  integer := 0;
begin
  -- 1717660005 is 'faul': one maker at a time in this database.
  perform pg_advisory_xact_lock(1717660005, 2);
  for v_offset in 0 .. p_days_ahead loop
    v_name := 'log_' || to_char(v_today + v_offset, 'YYYYMMDD');
    if to_regclass(quote_ident(current_schema()) || '.' || v_name) is null then
      execute format('create table %I (like log including defaults including constraints)', v_name);
      execute format(
        'alter table log attach partition %I for values from (%L) to (%L)',
        v_name,
        to_char(v_today + v_offset, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(v_today + v_offset + 1, 'YYYY-MM-DD') || ' 00:00:00+00'
      );
      v_made := v_made + 1;
    end if;
  end loop;
  return v_made;
end
$$;

create function append_housekeeping() returns void
language sql as $$
  delete from counted_batches where at < now() - interval '1 hour';
$$;

-- ── Append ──────────────────────────────────────────────────────────────────────────────────────────────────
-- All arrays have one length; element n is request n of the batch. Ids are assigned before, so a repeat of the same batch is recognised by
-- them: an identity that exists under the very id of the request was stored by an earlier attempt of this batch.
--
-- Locks, in this order, so that two batches never wait for each other in a circle: identities by key (inserted sorted), then lanes ascending.
-- The lane rows stay locked until the commit: commit order is position order, and positions have no gaps.
--
-- Returns {"heads": [[lane, head after], …], "losers": [[n, kind, id, position], …]}. Each winner of a lane took the next position, in the
-- order of n, the last one the head. kind: own (stored by an earlier attempt), duplicate, conflict.
--
-- The planner's settings: these statements must use the primary keys whatever the statistics said when the plan was made; a plan made while
-- the tables were empty scans them from end to end when they are not.
create function append_batch(
  p_stream        integer,
  p_lanes         integer[],
  p_identities    uuid[],
  p_ids           bigint[],
  p_hashes        bytea[],
  p_tenants       text[],
  p_systems       text[],
  p_objects       text[],
  p_names         text[],
  p_keys          text[],
  p_sequences     bigint[],
  p_event_times   timestamptz[],
  p_time_sources  text[],
  p_received      timestamptz[],
  p_bodies        text[],
  p_traceparents  text[]
) returns json
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_winners  bigint[];
  v_losers   json := '[]';
  v_found    integer := 0;
  v_counted  boolean := false;
  v_lanes    integer[];   -- the lanes that change, and by how much
  v_appended integer[];
  v_doubled  integer[];
  v_refused  integer[];
  v_heads    bigint[];
  v_loser_n  integer[];
  v_kinds    text[];
begin
  -- Sorted by identity, then by place: of two requests with one identity in this batch the first is inserted.
  with inserted as (
    insert into identities (identity, id, body_hash)
    select r.identity, r.id, r.hash
    from unnest(p_identities, p_ids, p_hashes) with ordinality as r (identity, id, hash, n)
    order by r.identity, r.n
    on conflict (identity) do nothing
    returning id
  )
  select coalesce(array_agg(id), '{}') into v_winners from inserted;

  if cardinality(v_winners) = cardinality(p_ids) then
    select array_agg(lane), array_agg(n) into v_lanes, v_appended
    from (select lane, count(*)::integer as n from unnest(p_lanes) as lane group by lane order by lane) as c;
    perform from lanes where stream_version = p_stream and lane = any (v_lanes) order by lane for update;
    with moved as (
      update lanes as l set head = l.head + c.n
      from unnest(v_lanes, v_appended) as c (lane, n)
      where l.stream_version = p_stream and l.lane = c.lane
      returning l.lane, l.head
    )
    select array_agg(lane order by lane), array_agg(head order by lane) into v_lanes, v_heads from moved;
  else
    -- A new statement, so a new snapshot: it sees what the insert waited for.
    select array_agg(n), array_agg(kind), count(*), bool_or(kind = 'own'),
           json_agg(json_build_array(n, kind, id, case when kind = 'own' then (
             select g.position from log as g
             where g.stream_version = p_stream and g.lane = s.lane and g.appended_at = s.first_seen and g.id = s.id
             order by g.position desc limit 1
           ) end))
    into v_loser_n, v_kinds, v_found, v_counted, v_losers
    from (
      select r.n::integer as n, r.lane, i.id, i.first_seen,
             case when i.id = r.id then 'own' when i.body_hash = r.hash then 'duplicate' else 'conflict' end as kind
      from unnest(p_identities, p_ids, p_hashes, p_lanes) with ordinality as r (identity, id, hash, lane, n)
      join identities as i on i.identity = r.identity
      where r.id <> all (v_winners)
    ) as s;

    if v_found < cardinality(p_ids) - cardinality(v_winners) then
      raise exception 'an identity left the dedupe window while its duplicate arrived' using errcode = '40001';
    end if;

    if not v_counted and cardinality(v_winners) = 0 then
      insert into counted_batches (first_id) values (p_ids[1]) on conflict do nothing;
      v_counted := not found;
    end if;

    select array_agg(lane), array_agg(appended), array_agg(doubled), array_agg(refused) into v_lanes, v_appended, v_doubled, v_refused
    from (
      select r.lane,
             count(*) filter (where k.kind is null)::integer as appended,
             count(*) filter (where k.kind = 'duplicate' and not v_counted)::integer as doubled,
             count(*) filter (where k.kind = 'conflict' and not v_counted)::integer as refused
      from unnest(p_lanes) with ordinality as r (lane, n)
      left join unnest(v_loser_n, v_kinds) as k (n, kind) on k.n = r.n
      group by r.lane
      order by r.lane
    ) as c
    where appended + doubled + refused > 0;

    if v_lanes is null then
      return json_build_object('heads', '[]'::json, 'losers', v_losers);
    end if;

    perform from lanes where stream_version = p_stream and lane = any (v_lanes) order by lane for update;
    with moved as (
      update lanes as l
      set head = l.head + c.appended, duplicates = l.duplicates + c.doubled, conflicts = l.conflicts + c.refused
      from unnest(v_lanes, v_appended, v_doubled, v_refused) as c (lane, appended, doubled, refused)
      where l.stream_version = p_stream and l.lane = c.lane
      returning l.lane, l.head
    )
    select array_agg(lane order by lane), array_agg(head order by lane) into v_lanes, v_heads from moved;
  end if;

  if v_lanes is null or cardinality(v_lanes) < cardinality(v_appended) then
    raise exception 'a lane of the batch does not exist in stream version %', p_stream using errcode = '22023';
  end if;

  if cardinality(v_winners) > 0 then
    insert into log (stream_version, lane, position, id, tenant, system_name, object_id, event_name, idempotency_key, sequence,
                     event_time, event_time_source, received_at, body, traceparent)
    select p_stream, r.lane, h.head - h.appended + row_number() over (partition by r.lane order by r.n), r.id, r.tenant, r.system_name,
           r.object_id, r.event_name, r.idempotency_key, r.sequence, r.event_time, r.time_source, r.received_at, r.body, r.traceparent
    from unnest(p_lanes, p_ids, p_tenants, p_systems, p_objects, p_names, p_keys, p_sequences, p_event_times, p_time_sources,
                p_received, p_bodies, p_traceparents)
         with ordinality as r (lane, id, tenant, system_name, object_id, event_name, idempotency_key, sequence, event_time, time_source,
                               received_at, body, traceparent, n)
    join unnest(v_lanes, v_heads, v_appended) as h (lane, head, appended) on h.lane = r.lane
    where cardinality(v_winners) = cardinality(p_ids) or r.id = any (v_winners);
  end if;

  return json_build_object(
    'heads', (select json_agg(json_build_array(h.lane, h.head)) from unnest(v_lanes, v_heads) as h (lane, head)),
    'losers', v_losers
  );
end
$$;
