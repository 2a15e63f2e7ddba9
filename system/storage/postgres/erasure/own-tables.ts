// The tables of a team's own processors, in which their definition says how the rows of one object are found: counted, and removed a bounded number at a time.
import type { Client, ClientBase } from 'pg';
import type { OwnTableName } from '../../../contract/erased.ts';
import type { Key } from '../../../stream/stream.ts';
import { classifyError, isTimeout } from '../../../workers/error-class.ts';
import { wordsOf } from '../error-words.ts';

export type OwnTable = { readonly table: OwnTableName; readonly condition: string };

/** Whose rows, and of which moment: what came later may be told apart by it. */
export type OwnObject = { readonly key: Key; readonly requestedAt: Date };

/** The condition is at fault, not the moment: to try again changes nothing. */
export class OwnTableProblem extends Error {
  /** It was ended by its time-out: each attempt costs as much again. */
  readonly isSlow: boolean;

  constructor(message: string, options: { readonly cause: unknown; readonly isSlow: boolean }) {
    super(message, options);
    this.isSlow = options.isSlow;
  }
}

/** A table that its team has dropped holds nothing. */
const select = `
  select r.key as "table", r.value as condition
  from own_processors o join processors p using (processor, version) cross join lateral jsonb_each_text(o.erase->'rows') as r
  where to_regclass(r.key) is not null and ($1::text is null or (o.processor = $1 and o.version = $2)) and (not $3::boolean or p.state = 'retired')
  order by 1`;

type Which = { readonly processor: string; readonly version: number } | 'all' | 'retired';

export const readOwnTables = async (client: ClientBase, which: Which): Promise<readonly OwnTable[]> => {
  const { processor, version } = typeof which === 'string' ? { processor: null, version: null } : which;
  return (await client.query<OwnTable>(select, [processor, version, which === 'retired'])).rows;
};

/** Its four values have a type, whether the condition names them or not; and a comment at its end ends with its line. */
const rowsOf = ({ table, condition }: OwnTable): string =>
  `${table} where $1::text is not null and $2::text is not null and $3::text is not null and $4::timestamptz is not null and (${condition}\n)`;

const valuesOf = ({ key, requestedAt }: OwnObject) => [key.tenant, key.systemName, key.objectId, requestedAt];

/** Whether the database takes the condition; it is not carried out. Rejects with the database's error. */
export const tryCondition = async (client: ClientBase, table: OwnTable): Promise<void> => {
  await client.query(`select from ${rowsOf(table)} limit 0`, ['', '', '', new Date(0)]);
};

export const countOwnRows = async (client: Client, table: OwnTable, object: OwnObject): Promise<number> =>
  guarded(client, table, async () => {
    const { rows } = await client.query<{ rows: number }>(`select count(*)::integer as rows from ${rowsOf(table)}`, valuesOf(object));
    return rows[0]!.rows;
  });

/** 0: a look of its own found none. A row that was changed meanwhile is left to the next one. */
export const removeOwnRows = async (client: Client, table: OwnTable, object: OwnObject, limit: number): Promise<number> =>
  guarded(client, table, async () => {
    const chosen = `delete from ${table.table} where ctid = any (array(select ctid from ${rowsOf(table)} limit ${limit}))`;
    return (await client.query(chosen, valuesOf(object))).rowCount ?? 0;
  });

/** A problem of one table undoes nothing of those before it: what is gone by then counts, of other tables and of this one. */
export type RemovedOwn = { readonly removed: Readonly<Record<string, number>>; readonly problem: OwnTableProblem | null };

const rowsAtOnce = 2000;

/** A bounded number of each table, or again until none is left. */
export const removeFromTables = async (
  client: Client,
  tables: readonly OwnTable[],
  object: OwnObject,
  many: 'some' | 'all',
): Promise<RemovedOwn> => {
  const removed: Record<string, number> = {};
  try {
    for (const table of tables)
      for (let isMore = true; isMore;) {
        const rows = await removeOwnRows(client, table, object, rowsAtOnce);
        removed[table.table] = (removed[table.table] ?? 0) + rows;
        isMore = many === 'all' && rows > 0;
      }
  } catch (error) {
    if (error instanceof OwnTableProblem) return { removed, problem: error };
    throw error;
  }
  return { removed, problem: null };
};

/** In the open transaction, which goes on. */
const guarded = async <Result>(client: Client, { table }: OwnTable, run: () => Promise<Result>): Promise<Result> => {
  await client.query('savepoint own_table');
  try {
    const result = await run();
    await client.query('release savepoint own_table');
    return result;
  } catch (error) {
    // Its time-out is its own: whoever tries it again meets it again.
    const isSlow = isTimeout(error);
    if (classifyError(error) === 'infrastructure' && !isSlow) throw error;
    await client.query('rollback to savepoint own_table');
    const why = isSlow ? 'which does not end in time; an index on its columns may help' : 'which the database refuses';
    throw new OwnTableProblem(`the condition of table ${table}, ${why}: ${wordsOf(error)}`, { cause: error, isSlow });
  }
};

/** Processors that may hold something of an object and do not say where: as processor/version. A retired one whose tables are gone is not among them. */
const selectSilent = `
  select o.processor || '/' || o.version as name
  from own_processors o join processors p using (processor, version)
  where o.erase is null
      and (p.state <> 'retired' or exists (
        select from pg_class c
        where c.relkind in ('r', 'p') and pg_table_is_visible(c.oid)
          and starts_with(c.relname, 'own_' || replace(o.processor, '-', '_') || '_v' || o.version || '__')
      ))
    or exists (select from jsonb_array_elements_text(o.erase->'left') as l (name) where to_regclass(l.name) is not null)
  order by 1`;

export const readSilentOwn = async (client: ClientBase): Promise<readonly string[]> =>
  (await client.query<{ name: string }>(selectSilent)).rows.map(({ name }) => name);
