-- Datagrams: what each door and each sender counted of them. Nobody answers a datagram, so what became of them is known from these books alone.

-- A batch with datagrams is booked once, however often its append is repeated: its mark is its first id. Rows older than an hour leave by
-- datagrams_housekeeping().
create table counted_datagrams (
  first_id  bigint primary key,
  at        timestamptz not null default now()
);

-- A door is one ingest process that listens for datagrams. Its counts only grow; they come with each batch, and with a beat of its own.
create table udp_doors (
  door            text primary key,             -- service.instance.id
  beat            bigint not null default 0,    -- a beat that is repeated is booked once
  received        bigint not null default 0,    -- datagrams that the process took from its socket
  unread          bigint not null default 0,    -- of these: refused as a whole, number and all, as nothing in them could be relied on
  dropped         bigint not null default 0,    -- of these: its bounded queue was full
  in_doubt        bigint not null default 0,    -- of these: the answer to a commit never came
  kernel_dropped  bigint,                       -- never reached the process: the socket's own count; null: it can't be had
  in_hands        bigint not null default 0,    -- being committed when these counts were taken: missing among the numbers, and not lost
  opened_at       timestamptz not null default now(),
  beat_at         timestamptz not null default now(),
  closed_at       timestamptz                   -- it stopped in good order: nothing was in its hands any more
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

-- A producer since it started. source and boot are empty for datagrams without a number, and for senders that fell silent long ago.
create table udp_senders (
  tenant            text not null,
  source            text not null,
  boot              text not null,
  door              text not null,              -- where it was heard of last
  highest           bigint not null default 0,  -- the last number that came
  received          bigint not null default 0,  -- numbers that came, each once
  undecided         bigint not null default 0,  -- came so late that it is not known whether they had come before
  repeated          bigint not null default 0,  -- datagrams that came again, and were let go unread
  unattributed      bigint not null default 0,  -- numbers that were missing when it changed doors: nobody can know where they were lost
  appended          bigint not null default 0,  -- events
  duplicates        bigint not null default 0,
  refused           bigint not null default 0,
  missing           bigint not null default 0,  -- events that silent senders never got through
  marked_datagrams  bigint not null default 0,  -- its own count, from its high-water marks
  marked_events     bigint not null default 0,
  first_seen        timestamptz not null default now(),
  last_seen         timestamptz not null default now(),
  primary key (tenant, source, boot)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
create index udp_senders_last_seen on udp_senders using brin (last_seen);

-- Arrays have one length, an element a sender; p_firsts is null where no number of it came. p_counts: received, unread, dropped, in doubt,
-- kernel, in hands.
-- A sender that changes doors leaves numbers behind of which nobody knows: those that were sent in between, and those that were in the hands of
-- the old door (at most 8192) where it did not stop in good order.
-- Locks after the lanes, and senders sorted: two batches never wait for each other in a circle.
create function book_datagrams(
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
language sql as $$
  insert into udp_doors as d (door, received, unread, dropped, in_doubt, kernel_dropped, in_hands)
  values (p_door, p_counts[1], p_counts[2], p_counts[3], p_counts[4], p_counts[5], p_counts[6])
  on conflict (door) do update
  set received = greatest(d.received, excluded.received), unread = greatest(d.unread, excluded.unread),
      dropped = greatest(d.dropped, excluded.dropped), in_doubt = greatest(d.in_doubt, excluded.in_doubt),
      kernel_dropped = case when excluded.kernel_dropped is null then null else greatest(d.kernel_dropped, excluded.kernel_dropped) end,
      in_hands = excluded.in_hands, beat_at = clock_timestamp();

  insert into udp_senders as s (tenant, source, boot, door, highest, received, undecided, repeated, appended, duplicates, refused,
                                marked_datagrams, marked_events, unattributed)
  select r.tenant, r.source, r.boot, p_door, r.high, r.received, r.undecided, r.repeated, r.appended, r.duplicates, r.refused,
         r.marked_datagrams, r.marked_events,
         coalesce((
           select greatest(0, coalesce(r.first - 1, r.marked_datagrams) - greatest(o.highest, o.marked_datagrams))
                  + case when d.closed_at is null
                      then least(8192, greatest(0, greatest(o.highest, o.marked_datagrams) - o.received - o.undecided - o.unattributed))
                      else 0
                    end
           from udp_senders o left join udp_doors d on d.door = o.door
           where o.tenant = r.tenant and o.source = r.source and o.boot = r.boot and o.door <> p_door and r.source <> ''
           for update of o
         ), 0)
  from unnest(p_tenants, p_sources, p_boots, p_firsts, p_highs, p_received, p_undecided, p_repeated, p_appended, p_duplicates, p_refused,
              p_marked_datagrams, p_marked_events)
       as r (tenant, source, boot, first, high, received, undecided, repeated, appended, duplicates, refused, marked_datagrams, marked_events)
  order by r.tenant, r.source, r.boot
  on conflict (tenant, source, boot) do update
  set door = excluded.door, highest = greatest(s.highest, excluded.highest), received = s.received + excluded.received,
      undecided = s.undecided + excluded.undecided, repeated = s.repeated + excluded.repeated, appended = s.appended + excluded.appended,
      duplicates = s.duplicates + excluded.duplicates, refused = s.refused + excluded.refused,
      marked_datagrams = greatest(s.marked_datagrams, excluded.marked_datagrams),
      marked_events = greatest(s.marked_events, excluded.marked_events), unattributed = s.unattributed + excluded.unattributed,
      last_seen = clock_timestamp();
$$;

-- What has no batch to go with: refusals, repeats, high-water marks, and the door's own counts.
create function beat_datagrams(
  p_beat        bigint,
  p_closing     boolean,
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
  p_refused     bigint[],
  p_marked_datagrams bigint[],
  p_marked_events    bigint[]
) returns void
language plpgsql as $$
declare
  v_none bigint[] := array_fill(0::bigint, array[cardinality(p_tenants)]);
begin
  insert into udp_doors (door) values (p_door) on conflict do nothing;
  update udp_doors set beat = p_beat, closed_at = case when p_closing then now() end where door = p_door and beat < p_beat;
  if not found then
    return;
  end if;
  perform book_datagrams(p_door, p_counts, p_tenants, p_sources, p_boots, p_firsts, p_highs, p_received, p_undecided, p_repeated, v_none,
                         v_none, p_refused, p_marked_datagrams, p_marked_events);
end
$$;

-- append_batch() with datagrams in the batch: their numbers, and what became of their events, in the same transaction.
-- p_of: for each request the place of its sender in the arrays s_*, 0 where it came by no datagram.
create function append_datagrams(
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
  p_door          text,
  p_counts        bigint[],
  p_of            integer[],
  s_tenants       text[],
  s_sources       text[],
  s_boots         text[],
  s_firsts        bigint[],
  s_highs         bigint[],
  s_received      bigint[],
  s_undecided     bigint[]
) returns json
language plpgsql as $$
declare
  v_answer     json;
  v_none       bigint[] := array_fill(0::bigint, array[cardinality(s_tenants)]);
  v_appended   bigint[];
  v_duplicates bigint[];
  v_refused    bigint[];
begin
  v_answer := append_batch(p_stream, p_lanes, p_identities, p_ids, p_hashes, p_tenants, p_systems, p_objects, p_names, p_keys, p_sequences,
                           p_event_times, p_time_sources, p_received, p_bodies, p_traceparents);
  insert into counted_datagrams (first_id) values (p_ids[1]) on conflict do nothing;
  if not found then
    return v_answer;
  end if;
  select array_agg(c.appended order by c.sender), array_agg(c.duplicates order by c.sender), array_agg(c.refused order by c.sender)
  into v_appended, v_duplicates, v_refused
  from (
    select r.sender, count(*) filter (where coalesce(k.kind, 'own') = 'own') as appended,
           count(*) filter (where k.kind = 'duplicate') as duplicates, count(*) filter (where k.kind = 'conflict') as refused
    from unnest(p_of) with ordinality as r (sender, n)
    left join (
      select (loser ->> 0)::bigint as n, loser ->> 1 as kind from json_array_elements(v_answer -> 'losers') as loser
    ) as k on k.n = r.n
    where r.sender > 0
    group by r.sender
  ) as c;
  perform book_datagrams(p_door, p_counts, s_tenants, s_sources, s_boots, s_firsts, s_highs, s_received, s_undecided, v_none, v_appended,
                         v_duplicates, v_refused, v_none, v_none);
  return v_answer;
end
$$;

-- Senders and doors that were not heard of for a week become one row each: what they add up to stays.
create function fold_datagrams() returns void
language sql as $$
  with gone as (
    delete from udp_senders where last_seen < now() - interval '7 days' and source <> '' returning *
  )
  insert into udp_senders as s (tenant, source, boot, door, highest, received, undecided, repeated, unattributed, appended, duplicates, refused,
                                missing)
  select tenant, '', '', '', sum(greatest(highest, marked_datagrams)), sum(received), sum(undecided), sum(repeated), sum(unattributed),
         sum(appended), sum(duplicates), sum(refused), sum(greatest(0, marked_events - appended - duplicates - refused))
  from gone group by tenant
  on conflict (tenant, source, boot) do update
  set highest = s.highest + excluded.highest, received = s.received + excluded.received, undecided = s.undecided + excluded.undecided,
      repeated = s.repeated + excluded.repeated, unattributed = s.unattributed + excluded.unattributed,
      appended = s.appended + excluded.appended, duplicates = s.duplicates + excluded.duplicates, refused = s.refused + excluded.refused,
      missing = s.missing + excluded.missing;

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

create function datagrams_housekeeping() returns void
language sql as $$
  delete from counted_datagrams where at < now() - interval '1 hour';
  select fold_datagrams();
$$;
