-- What a door that never stopped had in its hands stays unknown when the door goes, and senders are locked in one order. Functions alone: they serve processes of
-- the version before as well.

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
