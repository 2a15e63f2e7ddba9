-- The registry of schemas, and what the door found of an event by it. New tables, and columns that processes of the version before do not name: they go on beside it.
-- An event that an old worker copies into the park meanwhile loses what was found of it there, and is handled as if nothing had been.

-- Counts every change: who holds a copy of the registry sees by it whether the copy is old. Also the one lock under which it is changed.
create table schema_registry (
  only_row  boolean primary key default true check (only_row),
  revision  bigint not null default 0
);
insert into schema_registry default values;

-- A version never changes; it can be retired.
create table event_schemas (
  tenant         text not null,
  system_name    text not null,
  event_name     text not null,
  version        integer not null check (version >= 1),
  schema         text not null,                  -- JSON Schema of `metadata`, as it was sent
  owner          text not null,
  compatibility  text not null check (compatibility in ('backward', 'forward', 'full', 'none')),
  upcast         jsonb,                          -- from the version before: {"rules", "loses"}, or "identity"; null: there is none
  downcast       jsonb,                          -- to the version before
  examples       text not null,                  -- a JSON array of metadata
  registered_at  timestamptz not null default now(),
  registered_by  text not null,
  retired_at     timestamptz,
  retired_by     text,
  primary key (tenant, system_name, event_name, version)
);

-- What becomes of events that do not fit, or are not known. '' stands for any; the most specific row that says something counts.
create table schema_policies (
  tenant           text not null,
  system_name      text not null,
  event_name       text not null,
  unregistered     text check (unregistered in ('accept', 'flag', 'park', 'refuse')),
  unknown_version  text check (unknown_version in ('flag', 'park', 'refuse')),
  invalid          text check (invalid in ('flag', 'park', 'refuse')),
  unversioned      integer,                      -- the version of an event that says none; null: not known
  set_at           timestamptz not null default now(),
  set_by           text not null,
  primary key (tenant, system_name, event_name),
  check (event_name = '' or system_name <> '')
);

-- Who changed what, when and why. No row is ever changed.
create table schema_audit (
  entry         bigint generated always as identity primary key,
  at            timestamptz not null default clock_timestamp(),
  action        text not null check (action in ('register', 'retire', 'policy')),
  requested_by  text not null,
  why           text not null,
  key_id        text,                            -- the API key that it was asked with; null: none was needed
  tenant        text not null,
  system_name   text not null,
  event_name    text not null,
  version       integer,
  detail        jsonb not null
);

-- What the door found. schema_version: the version that an event is of, as far as it is known. schema_verdict: null where there is nothing to say.
-- schema_parked: by policy it is no processor's to handle but a dead letter; the revision of the registry that says so.
alter table log add column schema_version integer, add column schema_verdict text, add column schema_parked bigint;
alter table pending_events add column schema_version integer, add column schema_verdict text, add column schema_parked bigint;
alter table parked_events add column schema_version integer, add column schema_verdict text, add column schema_parked bigint;
alter table events add column schema_version integer, add column schema_verdict text;

-- As in 0002, with what the door found of each event; null where it found nothing of any. The one before goes: a call of an old process, with fewer arguments, is one of this.
drop function append_batch(integer, integer[], uuid[], bigint[], bytea[], text[], text[], text[], text[], text[], bigint[], timestamptz[], text[], timestamptz[], text[], text[]);
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
                     event_time, event_time_source, received_at, body, traceparent, schema_version, schema_verdict, schema_parked)
    select p_stream, r.lane, h.head - h.appended + row_number() over (partition by r.lane order by r.n), r.id, r.tenant, r.system_name,
           r.object_id, r.event_name, r.idempotency_key, r.sequence, r.event_time, r.time_source, r.received_at, r.body, r.traceparent,
           r.schema_version, r.schema_verdict, r.schema_parked
    from unnest(p_lanes, p_ids, p_tenants, p_systems, p_objects, p_names, p_keys, p_sequences, p_event_times, p_time_sources,
                p_received, p_bodies, p_traceparents, p_schema_versions, p_schema_verdicts, p_schema_parked)
         with ordinality as r (lane, id, tenant, system_name, object_id, event_name, idempotency_key, sequence, event_time, time_source,
                               received_at, body, traceparent, schema_version, schema_verdict, schema_parked, n)
    join unnest(v_lanes, v_heads, v_appended) as h (lane, head, appended) on h.lane = r.lane
    where cardinality(v_winners) = cardinality(p_ids) or r.id = any (v_winners);
  end if;

  return json_build_object(
    'heads', (select json_agg(json_build_array(h.lane, h.head)) from unnest(v_lanes, v_heads) as h (lane, head)),
    'losers', v_losers
  );
end
$$;

-- The same for events that came in datagrams: as in 0005, with what the door found of each event.
drop function append_datagrams(integer, integer[], uuid[], bigint[], bytea[], text[], text[], text[], text[], text[], bigint[], timestamptz[], text[], timestamptz[], text[], text[],
  text, bigint[], integer[], text[], text[], text[], bigint[], bigint[], bigint[], bigint[]);
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
  s_undecided     bigint[],
  p_schema_versions bigint[] default null,
  p_schema_verdicts text[] default null,
  p_schema_parked   bigint[] default null
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
                           p_event_times, p_time_sources, p_received, p_bodies, p_traceparents, p_schema_versions, p_schema_verdicts, p_schema_parked);
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
