// How a recovery command ends: its row, the audit and the totals in one statement, in the transaction that did what was asked.
import type { Client } from 'pg';
import type { RecoveryOutcome } from '../../contract/recovery.ts';
import type { Tenure } from '../../workers/checkpoint.ts';
import type { RecoveryEnd } from '../../workers/recovery-store.ts';
import type { Key } from '../../stream/stream.ts';

/** `which` selects (command, outcome, events, result) of open commands; $1 is who did it. A rehearsal did nothing, and is not audited. */
export const closing = (which: string): string => `
  with ended as (${which}), closed as (
    update recovery_commands c
    set done_at = clock_timestamp(), outcome = e.outcome, events = c.events + e.events, result = coalesce(e.result, c.result)
    from ended e where c.command = e.command and c.done_at is null
    returning c.*
  ), audited as (
    insert into recovery_audit (job, action, outcome, requested_by, why, requested_at, done_by, processor, version, lane, position, event_id,
                                tenant, system_name, object_id, events, reason_code, attempts, body_sha256)
    select c.job, c.action, c.outcome, j.requested_by, j.why, j.requested_at, $1, c.processor, c.version, c.lane, c.position, c.event_id,
           c.tenant, c.system_name, c.object_id, c.events, c.result->>'reason_code', (c.result->>'attempts')::integer,
           decode(c.result->>'body_sha256', 'hex')
    from closed c join recovery_jobs j using (job)
    where c.action <> 'rehearse'
  ), counted as (
    insert into recovery_totals as t (processor, version, lane, replayed, discarded, failed_again)
    select processor, version, lane, coalesce(sum(events) filter (where action = 'replay'), 0), coalesce(sum(events) filter (where action = 'discard'), 0),
           count(*) filter (where outcome = 'failed_again')
    from closed where action in ('replay', 'discard') group by processor, version, lane
    on conflict (processor, version, lane) do update
    set replayed = t.replayed + excluded.replayed, discarded = t.discarded + excluded.discarded, failed_again = t.failed_again + excluded.failed_again
  )
  select c.command, c.job, c.action, c.outcome, c.events, j.requested_by as "requestedBy" from closed c join recovery_jobs j using (job)`;

const closeOne = closing('select $2::bigint as command, $3::text as outcome, $4::bigint as events, $5::jsonb as result');

export type Closing = {
  readonly command: number;
  readonly outcome: RecoveryOutcome;
  readonly events: number;
  /** null: what the row has. */
  readonly result: unknown;
};

/** null: it was closed before. */
export const closeRecovery = async (
  client: Client,
  worker: string,
  { command, outcome, events, result }: Closing,
): Promise<RecoveryEnd | null> => {
  const values = [worker, command, outcome, events, result === null ? null : JSON.stringify(result)];
  const { rows } = await client.query<RecoveryEnd>({ text: closeOne, values });
  return rows[0] ?? null;
};

/** Without order, the key's other events say nothing of the one that a command named. */
const countReplayed = `
  with running as (
    select c.command, p.ordered, exists (
      select from parked_events e where (e.processor, e.version, e.lane, e.position) = (c.processor, c.version, c.lane, c.position)
    ) as is_there
    from recovery_commands c join processors p using (processor, version)
    where c.processor = $1 and c.version = $2 and c.lane = $3 and c.tenant = $4 and c.system_name = $5 and c.object_id = $6
      and c.action = 'replay' and c.started_at is not null and c.done_at is null
  ), counted as (
    update recovery_commands c set events = events + case when r.ordered then $7::bigint when r.is_there then 0 else 1 end
    from running r where c.command = r.command
  )
  select command, case when ordered or is_there then (
    select state from parked_keys
    where processor = $1 and version = $2 and tenant = $4 and system_name = $5 and object_id = $6
  ) end as state
  from running order by command`;

type Running = { command: number; state: 'retrying' | 'parked' | null };

/** Counts what left the park through the key's running replay, and ends it where the key left too or became a dead letter again. null: it goes on, or there is none. */
export const noteReplay = async (client: Client, tenure: Tenure, worker: string, key: Key, events: number): Promise<RecoveryEnd | null> => {
  const values = [tenure.processor, tenure.version, tenure.lane, key.tenant, key.systemName, key.objectId, events];
  const { rows } = await client.query<Running>({ name: 'replay_counted', text: countReplayed, values });
  let end: RecoveryEnd | null = null;
  // With order there is one at most.
  for (const { command, state } of rows) {
    const outcome = state === null ? 'replayed' : 'failed_again';
    if (state !== 'retrying') end = await closeRecovery(client, worker, { command, outcome, events: 0, result: null });
  }
  return end;
};

/**
 * A worker of the version before settles a key without knowing of its replay. Ours close it in the settlement itself, so that a replay that runs while its key does
 * not is one of theirs. A rehearsal that began and did not end in two minutes took its process with it.
 */
export const closeLeftOver = closing(`
  select c.command, case when k.state is null or not (p.ordered or exists (
           select from parked_events e where (e.processor, e.version, e.lane, e.position) = (c.processor, c.version, c.lane, c.position)
         )) then 'replayed' else 'failed_again' end as outcome, 0::bigint as events, null::jsonb as result
  from recovery_commands c join processors p using (processor, version)
  left join parked_keys k using (processor, version, tenant, system_name, object_id)
  where c.action = 'replay' and c.done_at is null and c.started_at is not null and k.state is distinct from 'retrying'
  union all
  select c.command, 'rehearsed', 0, '{"events": [], "more": false, "died": true}'
  from recovery_commands c
  where c.action = 'rehearse' and c.done_at is null and c.started_at < clock_timestamp() - interval '2 minutes'`);

/** Of a command `c`: its version is retired, so that its lane is given to nobody any more, and nobody has it still. */
export const isAbandoned = `
  (c.processor, c.version) in (select processor, version from processors where state = 'retired')
  and not exists (
    select from leases l
    where (l.processor, l.version, l.lane) = (c.processor, c.version, c.lane) and l.owner is not null and l.expires_at > clock_timestamp()
  )`;

/** Once the version is taken up again, its dead letters can be asked for anew. */
export const closeAbandoned = closing(`
  select c.command, 'gone' as outcome, 0::bigint as events, null::jsonb as result
  from recovery_commands c where c.done_at is null and ${isAbandoned}`);
