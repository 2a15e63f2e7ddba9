// What a backup says of itself: which tables of which schema, how many rows, and the hash of their text. Written last: without it a folder is no backup.
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

export const manifestFile = 'manifest.json';
export const formatVersion = 1;

const strict = <P extends Parameters<typeof Type.Object>[0]>(properties: P) => Type.Object(properties, { additionalProperties: false });
const name = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_$]{0,62}$' });
const count = Type.Integer({ minimum: 0 });

const manifest = strict({
  format: Type.Literal(formatVersion),
  /** Of the snapshot, by the database's clock. */
  taken_at: Type.String(),
  server: Type.String(),
  lanes: Type.Integer({ minimum: 1 }),
  /** The sum of the lanes' heads. */
  appended: count,
  migrations: Type.Array(strict({ version: count, name: Type.String(), checksum: Type.String() })),
  /** Of each table's text; without it by the collation of the database that it is of. */
  row_order: Type.Optional(Type.Literal('bytes')),
  /** Parents before those that refer to them. */
  tables: Type.Array(
    strict({
      name,
      columns: Type.Array(name, { minItems: 1 }),
      key: Type.Array(name),
      file: Type.String({ pattern: '^\\d{3}-[A-Za-z0-9_$]+\\.copy\\.gz$' }),
      rows: count,
      /** Of COPY's text, before it was compressed. */
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
  ),
  partitions: Type.Array(strict({ name, parent: name, bound: Type.String() })),
  sequences: Type.Array(strict({ name, last_value: Type.Union([count, Type.Null()]) })),
});

export type Manifest = Static<typeof manifest>;
export type BackupTable = Manifest['tables'][number];

const check = Compile(manifest);

/** Throws an Error that says what is wrong with it. */
export const parseManifest = (text: string): Manifest => {
  const value: unknown = JSON.parse(text);
  if (check.Check(value)) return value as Manifest;
  const [first] = check.Errors(value);
  throw new Error(`${manifestFile} is not one of a backup of this format: ${first?.instancePath || '/'} ${first?.message ?? ''}`);
};
