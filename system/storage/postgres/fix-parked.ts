// Writes what a fix makes of parked events beside them: the body in the park stays as it came. A key with very many goes piece by piece, and its progress is kept.
import type { Client } from 'pg';
import type { Fixed } from '../../recovery/apply-fix.ts';
import type { RecoveryCommand } from '../../workers/recovery-store.ts';
import type { DeadLetter } from './dead-letter.ts';

const atOnce = 200;
const bytesAtOnce = 4 * 1024 * 1024;
const refusalsKept = 20;

/** Of an ordered processor the whole key, or what waits behind would fail next; of an unordered one the dead letter alone. A fix goes over what an earlier one made. */
const selectEvents = `
  select position, body from (
    select *, sum(octet_length(body)) over (order by position) - octet_length(body) as bytes_before
    from (
      select e.position, coalesce(r.fixed_body, e.body) as body
      from parked_events e left join event_recoveries r using (processor, version, lane, position)
      where e.processor = $1 and e.version = $2 and e.tenant = $3 and e.system_name = $4 and e.object_id = $5 and e.position > $6
        and (e.position = $7 or (select ordered from processors where processor = $1 and version = $2))
      order by e.position
      limit ${atOnce}
    ) as page
  ) as counted
  where bytes_before < ${bytesAtOnce}
  order by position`;

const writeFixed = `
  insert into event_recoveries (processor, version, lane, position, tenant, system_name, object_id, fixed_body, fixed_at, fixed_by)
  select $1, $2, $6, f.position, $3, $4, $5, f.body, clock_timestamp(), $7 from unnest($8::bigint[], $9::text[]) as f (position, body)
  on conflict (processor, version, lane, position) do update
  set fixed_body = excluded.fixed_body, fixed_at = excluded.fixed_at, fixed_by = excluded.fixed_by`;

const selectProgress = 'select progress, result from recovery_commands where command = $1';
const writeProgress = 'update recovery_commands set progress = $2, events = events + $3, result = $4 where command = $1';

const undo = `
  update event_recoveries set fixed_body = null, fixed_at = null, fixed_by = null
  where processor = $1 and version = $2 and lane = $6 and tenant = $3 and system_name = $4 and object_id = $5 and fixed_body is not null
    and (position = $7 or (select ordered from processors where processor = $1 and version = $2))
    and exists (
      select from parked_events e
      where (e.processor, e.version, e.lane, e.position)
        = (event_recoveries.processor, event_recoveries.version, event_recoveries.lane, event_recoveries.position)
    )`;

type Refusal = { readonly position: number; readonly rule: number; readonly path: string; readonly why: string };
type FixResult = DeadLetter & {
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly refusals: readonly Refusal[];
};

type FixedPart = { readonly isLast: boolean; readonly result: FixResult };

const keyValues = ({ processor, version, key }: RecoveryCommand) => [processor, version, key.tenant, key.systemName, key.objectId];

export const fixParked = async (
  client: Client,
  command: RecoveryCommand,
  letter: DeadLetter,
  change: (body: string) => Fixed,
): Promise<FixedPart> => {
  const { rows: known } = await client.query<{ progress: number; result: FixResult | null }>(selectProgress, [command.command]);
  const before = known[0]?.result ?? { ...letter, changed: 0, unchanged: 0, refused: 0, refusals: [] };
  const values = [...keyValues(command), known[0]?.progress ?? 0, command.position];
  const { rows } = await client.query<{ position: number; body: string }>(selectEvents, values);
  if (rows.length === 0) return { isLast: true, result: before };
  const made = rows.map(({ position, body }) => ({ position, fixed: change(body) }));
  await writeBodies(client, command, made);
  const result = addUp(before, made);
  await client.query(writeProgress, [command.command, rows.at(-1)!.position, result.changed - before.changed, JSON.stringify(result)]);
  return { isLast: false, result };
};

type Made = { readonly position: number; readonly fixed: Fixed };

/** The dead letter's own body, as a fix made it. */
export const fixOne = (client: Client, command: RecoveryCommand, body: string): Promise<void> =>
  writeBodies(client, command, [{ position: command.position, fixed: { outcome: 'changed', body, changes: [] } }]);

const writeBodies = async (client: Client, command: RecoveryCommand, made: readonly Made[]): Promise<void> => {
  const changed = made.flatMap(({ position, fixed }) => (fixed.outcome === 'changed' ? [{ position, body: fixed.body }] : []));
  if (changed.length === 0) return;
  const rows = [changed.map(({ position }) => position), changed.map(({ body }) => body)];
  await client.query(writeFixed, [...keyValues(command), command.lane, command.requestedBy, ...rows]);
};

const addUp = (before: FixResult, made: readonly Made[]): FixResult => {
  const count = (outcome: Fixed['outcome']) => made.filter(({ fixed }) => fixed.outcome === outcome).length;
  const refusals = made.flatMap(({ position, fixed }): Refusal[] => {
    if (fixed.outcome !== 'refused') return [];
    const { rule, path, why } = fixed;
    return [{ position, rule, path, why }];
  });
  return {
    ...before,
    changed: before.changed + count('changed'),
    unchanged: before.unchanged + count('unchanged'),
    refused: before.refused + count('refused'),
    refusals: [...before.refusals, ...refusals].slice(0, refusalsKept),
  };
};

/** Returns how many events are as they came again. */
export const unfixParked = async (client: Client, command: RecoveryCommand): Promise<number> =>
  (await client.query(undo, [...keyValues(command), command.lane, command.position])).rowCount ?? 0;
