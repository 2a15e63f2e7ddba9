// Is a backup what its manifest says? Every file is read, inflated and hashed; no database is needed.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type BackupTable, type Manifest, manifestFile, parseManifest } from './manifest.ts';

/** Throws an Error that says what is wrong with it. */
export const readManifest = async (folder: string): Promise<Manifest> => parseManifest(await readFile(join(folder, manifestFile), 'utf8'));

/** What is wrong, a line each; nothing: it is whole. */
export const verifyBackup = async (folder: string, { tables }: Manifest): Promise<readonly string[]> => {
  const problems: string[] = [];
  for (const table of tables) {
    const problem = await verifyTable(folder, table).catch((error: unknown) => `${table.file}: ${(error as Error).message}`);
    if (problem !== null) problems.push(problem);
  }
  return problems;
};

const newLine = 10;

const verifyTable = async (folder: string, { file, rows, sha256 }: BackupTable): Promise<string | null> => {
  const hash = createHash('sha256');
  let lines = 0;
  await pipeline(createReadStream(join(folder, file)), createGunzip(), async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      hash.update(chunk);
      // In COPY's text a line end within a value is written as \n: each byte 10 ends a row.
      for (let at = chunk.indexOf(newLine); at !== -1; at = chunk.indexOf(newLine, at + 1)) lines += 1;
    }
  });
  if (hash.digest('hex') !== sha256) return `${file}: its text is another than that which was backed up`;
  return lines === rows ? null : `${file}: it has ${lines} rows, and the manifest says ${rows}`;
};
