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

/** Without a key the whole row orders it. */
const selectOf = ({ name, columns, key }: Named): string =>
  `select ${columnList(columns)} from ${escapeIdentifier(name)} order by ${columnList(key.length > 0 ? key : columns)}`;

export type Destination = (text: AsyncIterable<Buffer>) => Promise<void>;

/** `into`: where its text goes; without, it is only counted and hashed. */
export const copyOut = async (client: ClientBase, table: Named, into: Destination = nowhere): Promise<CopiedTable> => {
  const source = client.query(to(`copy (${selectOf(table)}) to stdout`));
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
