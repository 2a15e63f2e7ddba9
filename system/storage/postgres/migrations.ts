// The migrations of this version, read from migrations/NNNN-name.sql. Once released a file never changes: its checksum is kept in the database.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';

export type Migration = { readonly version: number; readonly name: string; readonly sql: string; readonly checksum: string };

const folder = new URL('./migrations/', import.meta.url);
const pattern = /^(\d{4})-([a-z0-9-]+)\.sql$/;

export const readMigrations = (): readonly Migration[] =>
  readdirSync(folder)
    .toSorted()
    .flatMap((file) => {
      const match = pattern.exec(file);
      return match ? [readMigration(file, Number(match[1]), match[2]!)] : [];
    });

const readMigration = (file: string, version: number, name: string): Migration => {
  // A checkout with CRLF line ends must not look like another migration.
  const sql = readFileSync(new URL(file, folder), 'utf8').replaceAll('\r\n', '\n');
  return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
};

/**
 * What a migration does to rows that are there: its UPDATEs. A restore does the same to the rows of a backup from before it. Other statements that change rows
 * put there what a fresh schema begins with (migrations.test.ts holds that to be so).
 */
export const rowChanges = ({ sql }: Migration): readonly string[] => [...sql.matchAll(/^update [^;]+;/gm)].map(([statement]) => statement);

/** The names of all tables that the migrations make: none of them may exist in a database that we did not make. */
export const tableNames = (migrations: readonly Migration[]): readonly string[] =>
  migrations.flatMap(({ sql }) => [...sql.matchAll(/^create (?:table|view|sequence) (\w+)/gm)].map((match) => match[1]!));
