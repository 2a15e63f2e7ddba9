// The final state, read by SQL in one snapshot and streamed: nothing is taken from the system's own status pages.
import type { Pool, PoolClient } from 'pg';
import type { UdpLinkHandle } from '../../network/start-network.ts';
import type { FinalRow } from '../../history/final-state.ts';
import { consumerNameSql } from './consumer-books.ts';

const epochMs = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const sha256 = (column: string): string => `encode(sha256(convert_to(${column}, 'UTF8')), 'hex')`;
const key = `system_name as "systemName", object_id as "objectId"`;
const place = `lane, position::float8 as "position", id::float8 as "id"`;
/** Of a processor the version that is read; others are counted in `recount` alone. */
const served = (processor: string): string =>
  `(select max(a.version) from processors a where a.processor = ${processor} and a.state = 'active')`;
const identity = `idempotency_key as "idempotencyKey", sequence::float8 as "sequence"`;

/** Each gives the columns of one kind of FinalRow, under its property names. */
const questions = (own: boolean): { readonly [Kind in Exclude<FinalRow['kind'], 'stored' | 'own-effect' | 'datagram-link'>]: string } => ({
  lane: `select lane, head::float8 as "head", duplicates::float8 as "duplicates", conflicts::float8 as "conflicts" from lanes order by lane`,
  log: `select ${place}, tenant, ${key}, event_name as "eventName", ${epochMs("date_trunc('minute', event_time, 'UTC')")} as "minute", ${identity}, ${sha256('body')} as "bodySha256", ${epochMs('received_at')} as "receivedAt",
    ${epochMs('appended_at')} as "appendedAt" from log order by lane, position`,
  event: `select ${place}, tenant, ${key}, event_name as "eventName", ${identity}, ${sha256('body')} as "bodySha256",
    ${epochMs('received_at')} as "receivedAt", ${epochMs('applied_at')} as "appliedAt" from events order by lane, position`,
  'timeline-entry': `select tenant, ${key}, entry::float8 as "entry", event_id::float8 as "eventId", event_name as "eventName", sequence::float8 as "sequence", lane,
    position::float8 as "position", ${epochMs('applied_at')} as "appliedAt" from timeline_entries where version = ${served(`'timelines'`)} order by system_name, object_id, entry`,
  count: `select lane, system_name as "systemName", event_name as "eventName", ${epochMs('minute')} as "minute", count::float8 as "count"
    from minute_counts where version = ${served(`'timelines'`)} order by lane, system_name, event_name, minute`,
  checkpoint: `select processor, version, lane, position::float8 as "position", epoch::float8 as "epoch", applied::float8 as "applied", ignored::float8 as "ignored",
    parked::float8 as "parked", pending::float8 as "pending", discarded::float8 as "discarded", skipped::float8 as "skipped", shed::float8 as "shed",
    version = coalesce(${served('checkpoints.processor')}, version) as "isRead" from checkpoints order by processor, version, lane`,
  recount: `with effects as (
      select 'events' as processor, 1 as version, lane, count(*) as amount from events group by lane
      union all select 'timelines', version, lane, count(*) from timeline_entries group by version, lane
      ${own ? `union all select 'team-ledger', 1, l.lane, count(*) from ${ownTable} e join log l on l.id = e.event_id group by l.lane` : ''}),
    parked as (select processor, version, lane, count(*) as amount from parked_events group by processor, version, lane),
    early as (select processor, version, lane, count(*) as amount from pending_events group by processor, version, lane)
    select c.processor, c.version, c.lane, coalesce(e.amount, 0)::float8 as "effects", coalesce(k.amount, 0)::float8 as "parked",
      coalesce(w.amount, 0)::float8 as "pending"
    from checkpoints c left join effects e using (processor, version, lane) left join parked k using (processor, version, lane)
    left join early w using (processor, version, lane) where left(c.processor, 1) <> '_' order by 1, 2, 3`,
  parked: `select e.processor, e.lane, e.position::float8 as "position", e.id::float8 as "id", e.tenant, e.system_name as "systemName", e.object_id as "objectId",
    e.idempotency_key as "idempotencyKey", e.sequence::float8 as "sequence", k.state, e.reason_code as "reasonCode", e.reason_message as "reasonMessage",
    e.attempts, ${epochMs('e.parked_at')} as "parkedAt"
    from parked_events e join parked_keys k using (processor, version, tenant, system_name, object_id)
    where e.version = coalesce(${served('e.processor')}, e.version) order by e.processor, e.lane, e.position`,
  pending: `select processor, ${place}, ${key}, sequence::float8 as "sequence" from pending_events
    where version = coalesce(${served('pending_events.processor')}, version) order by processor, lane, position`,
  erased: `select ${place}, ${key} from log where body = '{"erased":true}' order by lane, position`,
  remnant: `with gone as (select lane, position, id, system_name, object_id from log where body = '{"erased":true}'),
    copies as (
      select 'timeline_entries' as place, 'timelines' as processor, version, lane, position from timeline_entries
      union all select 'pending_events', processor, version, lane, position from pending_events where body <> '{"erased":true}'
      union all select 'parked_events', processor, version, lane, position from parked_events where body <> '{"erased":true}' or reason_message is not null
      union all select 'event_recoveries', processor, version, lane, position from event_recoveries where fixed_body is not null)
    select c.place, c.processor, c.version, ${place}, ${key} from gone join copies c using (lane, position) order by c.place, c.processor, c.version, lane, position`,
  'datagram-sender': `select source, boot, highest::float8 as "highest", received::float8 as "received", undecided::float8 as "undecided",
    repeated::float8 as "repeated", appended::float8 as "appended", duplicates::float8 as "duplicates", refused::float8 as "refused",
    marked_datagrams::float8 as "markedDatagrams", marked_events::float8 as "markedEvents" from udp_senders order by source, boot`,
  'datagram-door': `select door, received::float8 as "received", unread::float8 as "unread", dropped::float8 as "dropped", in_doubt::float8 as "inDoubt",
    kernel_dropped::float8 as "kernelDropped", closed_at is not null as "closed" from udp_doors order by door`,
  'consumer-lane': `select ${consumerNameSql} as "consumer", l.lane, l.position::float8 as "position", l.epoch::float8 as "epoch", h.head::float8 as "head"
    from consumer_lanes l join consumers c using (tenant, consumer) join lanes h on h.stream_version = c.stream_version and h.lane = l.lane order by 1, 2`,
  'lease-event': `select ${epochMs('at')} as "at", kind as "event", processor, version, lane, epoch::float8 as "epoch", owner, other_owner as "otherOwner",
    other_epoch::float8 as "otherEpoch", detail from lease_events order by id`,
  ...(own && {
    'own-effect': `select 'team-ledger' as processor, 1 as version, l.lane, l.position::float8 as "position", e.event_id::float8 as "eventId",
      l.system_name as "systemName", l.object_id as "objectId", e.entry::float8 as "entry", ${epochMs('e.made_at')} as "appliedAt" from ${ownTable} e join log l on l.id = e.event_id order by e.entry`,
  }),
});

/** Of the processor that a team would write (team-processor.ts); there where a scenario needs it. */
const ownTable = 'own_team_ledger_v1__entries';

const chunkRows = 2000;

/** One repeatable-read snapshot, a cursor for each kind: memory stays small however much there is. */
export async function* readBack(pool: Pool, link: UdpLinkHandle | null = null): AsyncGenerator<FinalRow> {
  const client = await pool.connect();
  let whole = false;
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const { rows } = await client.query<{ own: boolean }>(`select to_regclass('${ownTable}') is not null as own`);
    for (const [kind, sql] of Object.entries(questions(rows[0]?.own === true))) yield* rowsOf(client, kind, sql);
    if (link !== null) yield { kind: 'datagram-link', ...(await link.counts()) };
    await client.query('commit');
    whole = true;
  } finally {
    client.release(!whole);
  }
}

async function* rowsOf(client: PoolClient, kind: string, sql: string): AsyncGenerator<FinalRow> {
  await client.query(`declare rows no scroll cursor for ${sql}`);
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>(`fetch ${chunkRows} from rows`);
    for (const row of rows) yield { kind, ...row } as FinalRow;
    if (rows.length < chunkRows) break;
  }
  await client.query('close rows');
}
