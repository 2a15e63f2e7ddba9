// The desk of recovery on PostgreSQL: a job and its commands in one transaction. It touches neither the park nor a lane.
import type { Pool, PoolClient } from 'pg';
import { mostCommands, type Selection } from '../../recovery/job-request.ts';
import type { AcceptedJob, NewJob, RecoveryDesk } from '../../recovery/recovery-desk.ts';

const insertJob = `
  insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id, tenant, key_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (request_id) do nothing
  returning job`;

/** An id that was used for something else is nobody's job: whoever asked would take the other one for what they asked for. */
const selectKnown = `
  select j.job, (select count(*)::integer from recovery_commands c where c.job = j.job) as commands
  from recovery_jobs j
  where j.request_id = $7 and j.tenant = $8 and j.action = $1 and j.selection = $2::jsonb and j.fix is not distinct from $3::jsonb
    and j.rate_per_second = $4 and j.requested_by = $5 and j.why = $6`;

/**
 * In the order of the listing; each is due when the rate lets it. One that waits for the same already is not asked for twice. A retired version is left out: its
 * lanes are given to nobody.
 */
const insertCommands = (where: string) => `
  with chosen as (
    select *, row_number() over (order by processor, version, lane, position) as n
    from dead_letters where ${where} and (processor, version) not in (select processor, version from processors where state = 'retired')
    order by processor, version, lane, position limit ${mostCommands + 1}
  ), asked as (
    insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
    select $1, $2, processor, version, lane, position, id, tenant, system_name, object_id,
           clock_timestamp() + (n - 1) / $3::double precision * interval '1 second'
    from chosen where (select count(*) from chosen) <= ${mostCommands}
    order by n
    on conflict do nothing
    returning 1
  )
  select (select count(*) from chosen)::integer as chosen, (select count(*) from asked)::integer as asked`;

/** A job whose rules are not these, and wait for a dead letter of the selection. After the commands, so that of two at once the one that came second sees it. */
const selectOtherFix = (where: string) => `
  select min(c.job) as job
  from (select processor, version, lane, position from dead_letters where ${where}) as d
  join recovery_commands c using (processor, version, lane, position)
  join recovery_jobs j using (job)
  where c.action = 'fix' and c.done_at is null and c.job <> $1 and j.fix is distinct from $2::jsonb`;

const columns: Readonly<Record<Exclude<keyof Selection, 'all'>, string>> = {
  processor: 'processor',
  version: 'version',
  system_name: 'system_name',
  object_id: 'object_id',
  event_name: 'event_name',
  reason: 'reason_code',
  lane: 'lane',
  position: 'position',
};

export const createRecoveryDesk = (pool: Pool): RecoveryDesk => ({
  open: async (job) => {
    const client = await pool.connect();
    let failed = true;
    try {
      await client.query('begin');
      const opened = await open(client, job);
      await client.query('job' in opened ? 'commit' : 'rollback');
      failed = false;
      return opened;
    } finally {
      // A connection in an unknown state is closed: its transaction is rolled back.
      client.release(failed);
    }
  },
});

const open = async (client: PoolClient, job: NewJob): ReturnType<RecoveryDesk['open']> => {
  const { action, selection, fix, ratePerSecond, requestedBy, why, requestId, tenant, keyId } = job;
  const asked = [action, JSON.stringify(selection), fix === null ? null : JSON.stringify(fix), ratePerSecond, requestedBy, why];
  const values = [...asked, requestId, tenant, keyId];
  const { rows } = await client.query<{ job: number }>(insertJob, values);
  if (rows[0] === undefined) return known(client, [...asked, requestId, tenant]);
  const counted = await ask(client, rows[0].job, job);
  if (counted.chosen > mostCommands) return { tooMany: mostCommands };
  if (counted.chosen === 0) return { none: true };
  const other = action === 'fix' && counted.asked < counted.chosen ? await findOtherFix(client, rows[0].job, job) : null;
  if (other !== null) return { otherFix: other };
  return { job: rows[0].job, known: false, commands: counted.asked, alreadyAsked: counted.chosen - counted.asked };
};

const known = async (client: PoolClient, asked: readonly unknown[]): Promise<AcceptedJob | { readonly taken: true }> => {
  const { rows } = await client.query<{ job: number; commands: number }>(selectKnown, [...asked]);
  return rows[0] === undefined ? { taken: true } : { ...rows[0], known: true, alreadyAsked: 0 };
};

const ask = async (client: PoolClient, job: number, { action, ratePerSecond, ...selected }: NewJob) => {
  const values: unknown[] = [job, action, ratePerSecond];
  const { rows } = await client.query<{ chosen: number; asked: number }>(insertCommands(conditionsOf(selected, values)), values);
  return rows[0]!;
};

const findOtherFix = async (client: PoolClient, job: number, { fix, ...selected }: NewJob): Promise<number | null> => {
  const values: unknown[] = [job, JSON.stringify(fix)];
  const { rows } = await client.query<{ job: number | null }>(selectOtherFix(conditionsOf(selected, values)), values);
  return rows[0]!.job;
};

/** Puts what they compare with behind the values. */
const conditionsOf = ({ selection, tenant }: Pick<NewJob, 'selection' | 'tenant'>, values: unknown[]): string => {
  const conditions = [`tenant = $${values.push(tenant)}`];
  for (const [name, value] of Object.entries(selection))
    if (name !== 'all')
      conditions.push(`${columns[name as keyof typeof columns]} = $${values.push(value)}${typeof value === 'number' ? '::bigint' : ''}`);
  return conditions.join(' and ');
};
