// The switch: reads go from one version to another by one row, at a moment at which the other has all that the first has shown. Nobody is shown less than before.
import type { ClientBase } from 'pg';
import type { Version } from './versions.ts';

/** The lanes of the version that is read stand still while this is held, which is for the time that the other needs to come level. Ascending, so that nobody waits in a circle. */
const lockServed = 'select lane, position from checkpoints where processor = $1 and version = $2 order by lane for no key update';

const selectBehind = `
  select coalesce(sum(greatest(f.position - t.position, 0)), 0)::bigint as events, count(*) filter (where t.position is null)::integer as missing
  from checkpoints f left join checkpoints t on t.processor = f.processor and t.lane = f.lane and t.version = $3
  where f.processor = $1 and f.version = $2`;

const setState = 'update processors set state = $3 where processor = $1 and version = $2';

export type Serving = {
  readonly processor: string;
  readonly from: Version;
  readonly to: Version;
  /** How long the version that is read may stand still. */
  readonly stillForMs: number;
  readonly nowMs: () => number;
  readonly sleep: (delayMs: number) => Promise<unknown>;
};

/** Within a transaction that the caller ends. Returns by how many events `to` is behind: where that is above 0, the caller rolls back, or was told to force it. */
export const serveVersion = async (client: ClientBase, serving: Serving): Promise<number> => {
  const { processor, from, to } = serving;
  await client.query(`set local lock_timeout = '2s'`);
  await client.query(lockServed, [processor, from.version]);
  const behind = await waitUntilLevel(client, serving);
  // The newest active version is read: one row decides, whichever way it goes.
  if (to.version > from.version) await client.query(setState, [processor, to.version, 'active']);
  else await client.query(setState, [processor, from.version, 'building']);
  return behind;
};

const waitUntilLevel = async (client: ClientBase, { processor, from, to, stillForMs, nowMs, sleep }: Serving): Promise<number> => {
  const endsAtMs = nowMs() + stillForMs;
  for (;;) {
    const { rows } = await client.query<{ events: number; missing: number }>(selectBehind, [processor, from.version, to.version]);
    const { events, missing } = rows[0]!;
    if (missing > 0) throw new Error(`${processor}/${to.version} lacks ${missing} checkpoints`);
    if (events === 0 || nowMs() >= endsAtMs) return events;
    await sleep(5);
  }
};
