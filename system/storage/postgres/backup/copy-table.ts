// One table as COPY's text, in the order of its key: out of the database, into it, and counted and hashed on the way.
import { createHash, type Hash } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, type ClientBase } from 'pg';
import { to } from 'pg-copy-streams';

export type CopiedTable = { readonly rows: number; readonly sha256: string };

type Named = { readonly name: string; readonly columns: readonly string[]; readonly key: readonly string[] };

/** Whatever the role or the server say: the same rows are the same text. */
export const textSettings = `
  set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local extra_float_digits = 1;
  set local bytea_output = 'hex'; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '10s'`;

export const columnList = (columns: readonly string[]): string => columns.map((column) => escapeIdentifier(column)).join(', ');

/** Of rows: by the bytes of text, which is the same in every database; or by the collation of the database, as backups were written that say nothing of it. */
export type RowOrder = 'bytes' | 'collation';

/** Columns that would not be ordered by their bytes; where they would be, the index of the key is the order. PostgreSQL 14 has no providers of a database. */
const selectCollated = `
  select a.attname::text as name
  from pg_attribute a
  join pg_collation c on c.oid = a.attcollation
  join pg_database d on d.datname = current_database()
  where a.attrelid = $1::regclass and c.oid not in ('pg_catalog."C"'::regcollation, 'pg_catalog."POSIX"'::regcollation)
    and not (c.collprovider = 'd' and coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c' and d.datcollate in ('C', 'POSIX'))`;

/** Without a key the whole row orders it, as text: not every type has an order of its own. */
const byBytes = async (client: ClientBase, { name, columns, key }: Named): Promise<string> => {
  if (key.length === 0) return `row(${columnList(columns)})::text collate "C"`;
  const collated = (await client.query<{ name: string }>(selectCollated, [escapeIdentifier(name)])).rows.map((column) => column.name);
  return key.map((column) => escapeIdentifier(column) + (collated.includes(column) ? ' collate "C"' : '')).join(', ');
};

const byCollation = ({ columns, key }: Named): string => columnList(key.length > 0 ? key : columns);

export type Destination = (text: AsyncIterable<Buffer>) => Promise<void>;

/** `into`: where its text goes; without, it is only counted and hashed. */
export const copyOut = async (client: ClientBase, table: Named, order: RowOrder, into: Destination = nowhere): Promise<CopiedTable> => {
  const by = order === 'bytes' ? await byBytes(client, table) : byCollation(table);
  const source = client.query(
    to(`copy (select ${columnList(table.columns)} from ${escapeIdentifier(table.name)} order by ${by}) to stdout`),
  );
  const hash = createHash('sha256');
  await pipeline(source, tap(hash), into);
  return { rows: source.rowCount, sha256: hash.digest('hex') };
};

const tap = (hash: Hash): Transform =>
  new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });

const nowhere: Destination = async (text) => {
  for await (const _chunk of text);
};
