// What there is to back up: every table of the schema but that of the migrations and days of the log that are on their way out, in an order in which rows may refer to those before.
import type { ClientBase } from 'pg';
import { readDroppedDays } from './dropped-days.ts';

export type CatalogueTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly refers: readonly string[];
};

/** Partitions come with their table; columns that the server computes are computed again. */
const selectTables = `
  select c.relname::text as name,
         array(
           select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
         ) as columns,
         array(
           select a.attname::text from pg_index i cross join lateral unnest(i.indkey) with ordinality as k (attnum, n)
           join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
           where i.indrelid = c.oid and i.indisprimary order by k.n
         ) as key,
         array(select distinct f.relname::text from pg_constraint x join pg_class f on f.oid = x.confrelid
               where x.conrelid = c.oid and x.contype = 'f' and f.oid <> c.oid) as refers
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
    and c.relname <> 'faultline_migrations'
  order by 1`;

export const readTables = async (client: ClientBase): Promise<readonly CatalogueTable[]> => {
  const { rows } = await client.query<CatalogueTable>(selectTables);
  const dropped = await readDroppedDays(client);
  return inOrder(rows.filter(({ name }) => !dropped.has(name)));
};

/** Each after those that it refers to; a circle is ended somewhere, and its restore would fail on it. */
const inOrder = (tables: readonly CatalogueTable[]): readonly CatalogueTable[] => {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Map<string, CatalogueTable>();
  const visit = (table: CatalogueTable, above: readonly string[]): void => {
    if (ordered.has(table.name) || above.includes(table.name)) return;
    for (const other of table.refers) {
      const found = byName.get(other);
      if (found !== undefined) visit(found, [...above, table.name]);
    }
    ordered.set(table.name, table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered.values()];
};

/** A table that was detached on its way out is none of them. */
export const selectPartitions = `
  select c.relname::text as name, p.relname::text as parent, pg_get_expr(c.relpartbound, c.oid) as bound
  from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relispartition and not coalesce(i.inhdetachpending, false) order by 1`;

export const selectSequences = `
  select sequencename::text as name, last_value from pg_sequences where schemaname = current_schema() order by 1`;
