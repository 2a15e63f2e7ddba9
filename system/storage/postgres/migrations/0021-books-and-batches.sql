-- What a door that never stopped had in its hands stays unknown when the door goes, senders are locked in one order, and a batch with duplicates costs what one
-- without does. Functions alone: they serve processes of the version before as well.

-- As in 0015, but for two things. Senders are locked sorted, before anything is asked of them: the subquery locks them in the order of the batch, and two
-- batches could wait for each other in a circle. And a door that was folded leaves nothing to be added: what it had in its hands was, when it was folded.
create or replace function book_datagrams(
  p_door        text,
  p_counts      bigint[],
  p_tenants     text[],
  p_sources     text[],
  p_boots       text[],
  p_firsts      bigint[],
  p_highs       bigint[],
  p_received    bigint[],
  p_undecided   bigint[],
  p_repeated    bigint[],
  p_appended    bigint[],
  p_duplicates  bigint[],
  p_refused     bigint[],
  p_marked_datagrams bigint[],
  p_marked_events    bigint[]
) returns void
language sql
-- By the primary keys, whatever the tables held when the plan was made.
set enable_seqscan = off
as $$
  insert into udp_doors as d (door, received, unread, dropped, in_doubt, kernel_dropped, in_hands)
  values (p_door, p_counts[1], p_counts[2], p_counts[3], p_counts[4], p_counts[5], p_counts[6])
  on conflict (door) do update
  set received = greatest(d.received, excluded.received), unread = greatest(d.unread, excluded.unread),
      dropped = greatest(d.dropped, excluded.dropped), in_doubt = greatest(d.in_doubt, excluded.in_doubt),
      kernel_dropped = case when excluded.kernel_dropped is null then null else greatest(d.kernel_dropped, excluded.kernel_dropped) end,
      in_hands = excluded.in_hands, beat_at = clock_timestamp();

  select 1
  from unnest(p_tenants, p_sources, p_boots) as r (tenant, source, boot)
  join udp_senders s on s.tenant = r.tenant and s.source = r.source and s.boot = r.boot
  where cardinality(p_tenants) > 1
  order by s.tenant, s.source, s.boot
  for update of s;

  insert into udp_senders as s (tenant, source, boot, door, highest, received, undecided, repeated, appended, duplicates, refused,
                                marked_datagrams, marked_events, before, before_events, unattributed)
  select r.tenant, r.source, r.boot, p_door, r.high, r.received, r.undecided, r.repeated, r.appended, r.duplicates, r.refused,
         r.marked_datagrams, r.marked_events, coalesce(f.highest, 0), coalesce(f.events, 0),
         coalesce((
           select greatest(0, coalesce(r.first - 1, r.marked_datagrams) - greatest(o.highest, o.marked_datagrams, o.before))
                  + case when d.door is not null and d.closed_at is null
                      then least(8192, greatest(0, greatest(o.highest, o.marked_datagrams, o.before) - o.before - o.received - o.undecided - o.unattributed))
                      else 0
                    end
           from udp_senders o left join udp_doors d on d.door = o.door
           where o.tenant = r.tenant and o.source = r.source and o.boot = r.boot and o.door <> p_door and r.source <> ''
           for update of o
         ), greatest(0, coalesce(r.first - 1, r.marked_datagrams) - f.highest), 0)
  from unnest(p_tenants, p_sources, p_boots, p_firsts, p_highs, p_received, p_undecided, p_repeated, p_appended, p_duplicates, p_refused,
              p_marked_datagrams, p_marked_events)
       as r (tenant, source, boot, first, high, received, undecided, repeated, appended, duplicates, refused, marked_datagrams, marked_events)
  left join lateral (
    select f.highest, f.events from udp_former_senders f
    where f.tenant = r.tenant and f.source = r.source and f.boot = r.boot
      and not exists (select from udp_senders n where n.tenant = r.tenant and n.source = r.source and n.boot = r.boot)
  ) as f on true
  order by r.tenant, r.source, r.boot
  on conflict (tenant, source, boot) do update
  set door = excluded.door, highest = greatest(s.highest, excluded.highest), received = s.received + excluded.received,
      undecided = s.undecided + excluded.undecided, repeated = s.repeated + excluded.repeated, appended = s.appended + excluded.appended,
      duplicates = s.duplicates + excluded.duplicates, refused = s.refused + excluded.refused,
      marked_datagrams = greatest(s.marked_datagrams, excluded.marked_datagrams),
      marked_events = greatest(s.marked_events, excluded.marked_events), unattributed = s.unattributed + excluded.unattributed,
      last_seen = clock_timestamp();
$$;

-- As in 0015, with what was in the hands of a door that is gone, as the books say it as long as they have both (datagram-entries.ts).
create or replace function fold_datagrams() returns void
language sql as $$
  with gone as (
    delete from udp_senders s
    where (s.tenant, s.source, s.boot) in (
      select o.tenant, o.source, o.boot from udp_senders o
      where o.last_seen < now() - interval '7 days' and o.source <> ''
      order by o.tenant, o.source, o.boot limit 10000 for update skip locked
    )
    returning *
  ), known as (
    select g.*, g.unattributed
                + case when d.closed_at is null and d.beat_at < clock_timestamp() - interval '10 seconds'
                    then least(8192, greatest(0, greatest(g.highest, g.marked_datagrams) - g.before - g.received - g.undecided - g.unattributed))
                    else 0
                  end as lost_somewhere
    from gone g left join udp_doors d on d.door = g.door
  ), former as (
    insert into udp_former_senders as f (tenant, source, boot, highest, events)
    select tenant, source, boot, greatest(highest, marked_datagrams, before),
           greatest(marked_events, before_events + appended + duplicates + refused)
    from gone
    on conflict (tenant, source, boot) do update
    set highest = greatest(f.highest, excluded.highest), events = greatest(f.events, excluded.events), folded_at = now()
  )
  insert into udp_senders as s (tenant, source, boot, door, highest, received, undecided, repeated, unattributed, appended, duplicates, refused,
                                missing)
  select tenant, '', '', '', capped_count(sum(greatest(highest, marked_datagrams, before) - before)), sum(received), sum(undecided), sum(repeated),
         capped_count(sum(lost_somewhere)), sum(appended), sum(duplicates), sum(refused),
         capped_count(sum(greatest(0, marked_events - before_events - appended - duplicates - refused)))
  from known group by tenant
  on conflict (tenant, source, boot) do update
  set highest = capped_count(s.highest::numeric + excluded.highest), received = s.received + excluded.received, undecided = s.undecided + excluded.undecided,
      repeated = s.repeated + excluded.repeated, unattributed = capped_count(s.unattributed::numeric + excluded.unattributed),
      appended = s.appended + excluded.appended, duplicates = s.duplicates + excluded.duplicates, refused = s.refused + excluded.refused,
      missing = capped_count(s.missing::numeric + excluded.missing);
$$;

-- As in 0015, but what such a door leaves is kept with the senders that are still there. Doors before senders, as when a batch is booked.
create or replace function fold_datagram_doors() returns void
language sql as $$
  select 1 from udp_doors where beat_at < now() - interval '7 days' and door <> '' order by door for update;

  select 1
  from udp_senders s join udp_doors d on d.door = s.door
  where d.beat_at < now() - interval '7 days' and d.door <> '' and d.closed_at is null
  order by s.tenant, s.source, s.boot
  for update of s;

  update udp_senders s
  set unattributed = s.unattributed + least(8192, greatest(0, greatest(s.highest, s.marked_datagrams) - s.before - s.received - s.undecided - s.unattributed))
  from udp_doors d
  where d.door = s.door and d.beat_at < now() - interval '7 days' and d.door <> '' and d.closed_at is null;

  with gone as (
    delete from udp_doors where beat_at < now() - interval '7 days' and door <> '' returning *
  )
  insert into udp_doors as d (door, received, unread, dropped, in_doubt, kernel_dropped, closed_at)
  select '', sum(received), sum(unread), sum(dropped), sum(in_doubt),
         case when bool_or(kernel_dropped is null) then null else sum(kernel_dropped) end, now()
  from gone having count(*) > 0
  on conflict (door) do update
  set received = d.received + excluded.received, unread = d.unread + excluded.unread, dropped = d.dropped + excluded.dropped,
      in_doubt = d.in_doubt + excluded.in_doubt, kernel_dropped = d.kernel_dropped + excluded.kernel_dropped;
$$;

-- As in 0011, but that a batch with a duplicate in it is no longer compared request by request with all that won and all that lost: arrays by place, whose elements
-- have one length and are never null, are looked into at once. A batch without one goes the same way as before.
create or replace function append_batch(
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
  p_traceparents  text[],
  p_schema_versions bigint[] default null,
  p_schema_verdicts text[] default null,
  p_schema_parked   bigint[] default null
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
  v_won      boolean[];   -- by the place of a request; null: all did
  v_loser_n  integer[];
  v_codes    integer[];   -- of losers: 1 own, 2 duplicate, 3 conflict
  v_code_of  integer[];   -- by the place of a request; 0: a winner
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
    select array_agg(won order by n) into v_won
    from (
      select max(n) as n, bool_or(won) as won
      from (
        select id, n, false as won from unnest(p_ids) with ordinality as r (id, n)
        union all
        select id, null, true from unnest(v_winners) as id
      ) as e
      group by id
    ) as w;

    -- A new statement, so a new snapshot: it sees what the insert waited for.
    select array_agg(n), array_agg(case kind when 'own' then 1 when 'duplicate' then 2 else 3 end), count(*), bool_or(kind = 'own'),
           json_agg(json_build_array(n, kind, id, case when kind = 'own' then (
             select g.position from log as g
             where g.stream_version = p_stream and g.lane = s.lane and g.appended_at = s.first_seen and g.id = s.id
             order by g.position desc limit 1
           ) end))
    into v_loser_n, v_codes, v_found, v_counted, v_losers
    from (
      select r.n::integer as n, r.lane, i.id, i.first_seen,
             case when i.id = r.id then 'own' when i.body_hash = r.hash then 'duplicate' else 'conflict' end as kind
      from unnest(p_identities, p_ids, p_hashes, p_lanes) with ordinality as r (identity, id, hash, lane, n)
      join identities as i on i.identity = r.identity
      where not v_won[r.n]
    ) as s;

    if v_found < cardinality(p_ids) - cardinality(v_winners) then
      raise exception 'an identity left the dedupe window while its duplicate arrived' using errcode = '40001';
    end if;

    if not v_counted and cardinality(v_winners) = 0 then
      insert into counted_batches (first_id) values (p_ids[1]) on conflict do nothing;
      v_counted := not found;
    end if;

    select array_agg(code order by n) into v_code_of
    from (
      select n, max(code) as code
      from (
        select n, 0 as code from generate_series(1, cardinality(p_ids)) as n
        union all
        select n, code from unnest(v_loser_n, v_codes) as l (n, code)
      ) as e
      group by n
    ) as c;

    select array_agg(lane), array_agg(appended), array_agg(doubled), array_agg(refused) into v_lanes, v_appended, v_doubled, v_refused
    from (
      select r.lane,
             count(*) filter (where v_code_of[r.n] = 0)::integer as appended,
             count(*) filter (where v_code_of[r.n] = 2 and not v_counted)::integer as doubled,
             count(*) filter (where v_code_of[r.n] = 3 and not v_counted)::integer as refused
      from unnest(p_lanes) with ordinality as r (lane, n)
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
                     event_time, event_time_source, received_at, body, traceparent, schema_version, schema_verdict, schema_parked)
    select p_stream, r.lane, h.head - h.appended + row_number() over (partition by r.lane order by r.n), r.id, r.tenant, r.system_name,
           r.object_id, r.event_name, r.idempotency_key, r.sequence, r.event_time, r.time_source, r.received_at, r.body, r.traceparent,
           r.schema_version, r.schema_verdict, r.schema_parked
    from unnest(p_lanes, p_ids, p_tenants, p_systems, p_objects, p_names, p_keys, p_sequences, p_event_times, p_time_sources,
                p_received, p_bodies, p_traceparents, p_schema_versions, p_schema_verdicts, p_schema_parked)
         with ordinality as r (lane, id, tenant, system_name, object_id, event_name, idempotency_key, sequence, event_time, time_source,
                               received_at, body, traceparent, schema_version, schema_verdict, schema_parked, n)
    join unnest(v_lanes, v_heads, v_appended) as h (lane, head, appended) on h.lane = r.lane
    where v_won is null or v_won[r.n];
  end if;

  return json_build_object(
    'heads', (select json_agg(json_build_array(h.lane, h.head)) from unnest(v_lanes, v_heads) as h (lane, head)),
    'losers', v_losers
  );
end
$$;
