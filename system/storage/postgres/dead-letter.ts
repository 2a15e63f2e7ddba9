// A dead letter as a command names it, and as it stands under the lane's lock.
import type { Client } from 'pg';
import type { RecoveryCommand } from '../../workers/recovery-store.ts';

export const placeOf = ({ processor, version, lane, position }: RecoveryCommand) => [processor, version, lane, position];

/** What the audit tells of it. */
export type DeadLetter = { readonly reason_code: string; readonly attempts: number; readonly body_sha256: string };

const select = `
  select e.reason_code, e.attempts + coalesce(r.earlier_attempts, 0) as attempts, encode(sha256(convert_to(e.body, 'UTF8')), 'hex') as body_sha256
  from parked_events e
  join parked_keys k using (processor, version, lane, tenant, system_name, object_id)
  join processors p using (processor, version)
  left join event_recoveries r using (processor, version, lane, position)
  -- Without order, another event of the key may be tried again just now.
  where e.processor = $1 and e.version = $2 and e.lane = $3 and e.position = $4 and e.reason_code is not null and (k.state = 'parked' or not p.ordered)
    and exists (select from recovery_commands where command = $5 and done_at is null)`;

/** null: it is none any more, or the command was carried out before. */
export const findDeadLetter = async (client: Client, command: RecoveryCommand): Promise<DeadLetter | null> =>
  (await client.query<DeadLetter>(select, [...placeOf(command), command.command])).rows[0] ?? null;
