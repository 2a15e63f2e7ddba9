// Days of the log that retention has decided on, and that are detached and not gone yet: what is left of them is no part of the log any more.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { ClientBase } from 'pg';
import type { Manifest } from './manifest.ts';

/** As the tables of days are named that retention drops. */
const isDay = (name: string): boolean => /^log_\d{8}$/.test(name);

export const readDroppedDays = async (client: ClientBase): Promise<ReadonlySet<string>> => {
  // Of a database whose migrations are from before retention.
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('log_drops') is not null as there`);
  if (!rows[0]!.there) return new Set();
  const open = await client.query<{ partition: string }>('select partition from log_drops where dropped_at is null');
  return new Set(open.rows.map(({ partition }) => partition));
};

/** The same of a backup, by its own table of them: one that was taken before they were left out has such a day among its tables. */
export const droppedDaysOf = async (folder: string, { tables }: Manifest): Promise<ReadonlySet<string>> => {
  const drops = tables.find(({ name }) => name === 'log_drops');
  if (drops === undefined || !tables.some(({ name }) => isDay(name))) return new Set();
  const [partition, droppedAt] = [drops.columns.indexOf('partition'), drops.columns.indexOf('dropped_at')];
  const open = new Set<string>();
  for await (const row of createInterface(createReadStream(join(folder, drops.file)).pipe(createGunzip()))) {
    const cells = row.split('\t');
    if (cells[droppedAt] === String.raw`\N`) open.add(cells[partition]!);
  }
  return open;
};

/** What is not restored is gone. */
export const markGone = `update log_drops set dropped_at = clock_timestamp() where dropped_at is null and to_regclass(partition) is null`;
