// Two versions of the timelines compared over one range of keys, in one snapshot, at the position that both have passed: what one of them has done beyond it is
// left out, so that live traffic makes no difference.
import type { Client } from 'pg';

export type ComparedKey = readonly [tenant: string, systemName: string, objectId: string];

export type Pair = { readonly processor: string; readonly version: number; readonly against: number };

export type Difference = {
  readonly key: ComparedKey;
  readonly entries: number;
  readonly entriesAgainst: number;
};

export type ComparedRange = {
  /** null: it was the last one. */
  readonly lastKey: ComparedKey | null;
  readonly keys: number;
  readonly entries: number;
  readonly entriesAgainst: number;
  readonly hash: string;
  readonly hashAgainst: string;
  readonly differing: readonly Difference[];
};

/** Keys of either version, in order, until they have too many entries; the first one whatever it has. Each side by the primary key, from where the range before ended. */
const selectKeys = `
  select tenant, system_name, object_id from (
    select tenant, system_name, object_id, sum(entries) over (order by tenant, system_name, object_id) - entries as before
    from (
      select tenant, system_name, object_id, sum(entries) as entries
      from (
        (select tenant, system_name, object_id, entries from timelines
         where version = $1 and (tenant, system_name, object_id) > ($3, $4, $5) order by tenant, system_name, object_id limit $6)
        union all
        (select tenant, system_name, object_id, entries from timelines
         where version = $2 and (tenant, system_name, object_id) > ($3, $4, $5) order by tenant, system_name, object_id limit $6)
      ) as sides
      group by tenant, system_name, object_id order by tenant, system_name, object_id limit $6
    ) as either
  ) as summed
  where before < $7 order by tenant, system_name, object_id`;

/** Every field that a read shows, and where the event came from. A null is not the empty text. */
const hashOfEntry = `hashtextextended(concat_ws(e'\\x1f', e.entry, e.event_id, e.event_name, coalesce(e.sequence::text, '-'), extract(epoch from e.event_time),
    e.lane, e.position, coalesce('=' || e.summary, '-')), 0)::numeric`;

/** Up to and without a key's first entry that lies beyond what both have passed. */
const hashedKeys = (version: string, keys: string) => `
  select e.tenant, e.system_name, e.object_id, count(*) as entries, sum(${hashOfEntry}) as hash
  from (
    select t.*, min(t.entry) filter (where t.position > p.upto) over (partition by t.tenant, t.system_name, t.object_id) as beyond
    from timeline_entries t join passed p on p.lane = t.lane
    where t.version = ${version} and ${keys}
  ) e
  where e.beyond is null or e.entry < e.beyond
  group by e.tenant, e.system_name, e.object_id`;

const inRange = '(t.tenant, t.system_name, t.object_id) > ($4, $5, $6) and (t.tenant, t.system_name, t.object_id) <= ($7, $8, $9)';

const hashed = (keys: string) => `
  with passed as (
    select lane, min(position) as upto from checkpoints where processor = $1 and version in ($2::integer, $3::integer) group by lane
  ), one as (${hashedKeys('$2::integer', keys)}), other as (${hashedKeys('$3::integer', keys)})
  select tenant, system_name, object_id, coalesce(one.entries, 0) as entries, coalesce(other.entries, 0) as against,
         coalesce(one.hash, 0)::text as hash, coalesce(other.hash, 0)::text as hash_against
  from one full join other using (tenant, system_name, object_id)`;

const compareRange = hashed(inRange);
const compareOne = hashed('(t.tenant, t.system_name, t.object_id) = ($4, $5, $6)');

type HashRow = {
  tenant: string;
  system_name: string;
  object_id: string;
  entries: number;
  against: number;
  hash: string;
  hash_against: string;
};

const beforeAll: ComparedKey = ['', '', ''];

/** How much is compared at once. A key with more entries than there may be is a range of its own. */
export type RangeBounds = { readonly keys: number; /** Of both versions together. */ readonly entries: number };

/** The next keys after `after`. */
export const readRange = async (client: Client, pair: Pair, after: ComparedKey | null, bounds: RangeBounds): Promise<ComparedRange> => {
  const { processor, version, against } = pair;
  const from = after ?? beforeAll;
  const { rows: keys } = await client.query<{ tenant: string; system_name: string; object_id: string }>(selectKeys, [
    version,
    against,
    ...from,
    bounds.keys,
    bounds.entries,
  ]);
  const last = keys.at(-1);
  if (last === undefined) return { lastKey: null, keys: 0, entries: 0, entriesAgainst: 0, hash: '0', hashAgainst: '0', differing: [] };
  const lastKey: ComparedKey = [last.tenant, last.system_name, last.object_id];
  const { rows } = await client.query<HashRow>(compareRange, [processor, version, against, ...from, ...lastKey]);
  return {
    lastKey,
    keys: keys.length,
    entries: rows.reduce((sum, row) => sum + row.entries, 0),
    entriesAgainst: rows.reduce((sum, row) => sum + row.against, 0),
    hash: String(rows.reduce((sum, row) => sum + BigInt(row.hash), 0n)),
    hashAgainst: String(rows.reduce((sum, row) => sum + BigInt(row.hash_against), 0n)),
    differing: rows.filter(differs).map(toDifference),
  };
};

/** Whether one key differs now. */
export const differsNow = async (client: Client, { processor, version, against }: Pair, key: ComparedKey): Promise<boolean> => {
  const { rows } = await client.query<HashRow>(compareOne, [processor, version, against, ...key]);
  return rows.some(differs);
};

const differs = ({ entries, against, hash, hash_against }: HashRow) => entries !== against || hash !== hash_against;

const toDifference = (row: HashRow): Difference => ({
  key: [row.tenant, row.system_name, row.object_id],
  entries: row.entries,
  entriesAgainst: row.against,
});

export type FirstDifference = { readonly entry: number; readonly fields: readonly string[] };

const fields = ['event_id', 'event_name', 'sequence', 'event_time', 'lane', 'position', 'summary'];

const entriesOf = (version: string) =>
  `select * from timeline_entries where version = ${version} and tenant = $3 and system_name = $4 and object_id = $5`;

/** The names of the fields that differ, never what is in them. */
const selectFirst = `
  select coalesce(a.entry, b.entry) as entry,
         case when a.entry is null or b.entry is null then '{}'::text[]
              else array_remove(array[${fields.map((field) => `case when a.${field} is distinct from b.${field} then '${field}' end`).join(', ')}], null)
         end as fields
  from (${entriesOf('$1')}) a full join (${entriesOf('$2')}) b on a.entry = b.entry
  where a.entry is null or b.entry is null or ${fields.map((field) => `a.${field} is distinct from b.${field}`).join(' or ')}
  order by 1 limit 1`;

/** null: they are alike by now. */
export const firstDifference = async (client: Client, { version, against }: Pair, key: ComparedKey): Promise<FirstDifference | null> =>
  (await client.query<FirstDifference>(selectFirst, [version, against, ...key])).rows[0] ?? null;
