// The report of refused lines: a file beside the one that was imported, with each line as it is there, why it was refused, and where. The server has no copy of
// these lines, and no log has: a reason that quotes its line is found again here.
import { constants, createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RefusedLine } from '../../../recovery/import/import-ledger.ts';
import { createLineReader } from '../../../recovery/import/read-lines.ts';
import type { Api } from '../api.ts';
import { isFolder } from '../open-file.ts';
import { OpsError } from '../ops-error.ts';
import type { FileSource } from './file-source.ts';
import { readRecords } from './read-records.ts';
import type { SurveyOptions } from './survey-file.ts';

type RefusedPage = { readonly refused: readonly RefusedLine[]; readonly next_cursor: string | null };

export type ReportOptions = {
  readonly source: FileSource;
  readonly header: readonly string[] | null;
  readonly options: SurveyOptions;
  readonly file: string;
};

/** As far as it can be seen before there is anything to write. Rejects with an OpsError. */
export const demandReportPlace = async (file: string): Promise<void> => {
  if (await isFolder(file)) throw new OpsError(`The refused lines can't be written to ${file}: it is a folder. ${nameAnother}`);
  await access(file, constants.W_OK)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return access(dirname(file), constants.W_OK);
    })
    .catch((cause: unknown) => {
      throw unwritable(file, cause);
    });
};

const nameAnother = 'Name a file in a folder that is there and yours with --report.';

const unwritable = (file: string, cause: unknown) =>
  new OpsError(`The refused lines can't be written to ${file}: ${(cause as Error).message}. ${nameAnother}`, { cause });

/** Returns how many there are. Rejects with an OpsError. */
export const writeRefusedReport = async (api: Api, name: string, { source, header, options, file }: ReportOptions): Promise<number> => {
  const refused = await loadRefused(api, name);
  const { format, mapping, nowMs } = options;
  const read = createLineReader({ format, mapping, header, tenant: 'default', newIdentity: () => '' });
  const lines = async function* () {
    for await (const records of readRecords(source, { format, delimiter: mapping?.delimiter }, () => {}))
      for (const record of records) {
        const kept = refused.get(record.line);
        if (kept === undefined) continue;
        const why = { ...kept, ...read([record], nowMs())[0]!.refusal };
        yield `${JSON.stringify({ ...why, raw: record.bytes.toString('utf8') })}\n`;
      }
  };
  await pipeline(lines(), createWriteStream(file, { mode: 0o600 })).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : unwritable(file, error);
  });
  return refused.size;
};

const loadRefused = async (api: Api, name: string): Promise<ReadonlyMap<number, RefusedLine>> => {
  const all = new Map<number, RefusedLine>();
  for (let cursor: string | undefined; ;) {
    const page: RefusedPage = await api.get(`/imports/${encodeURIComponent(name)}/refused`, { limit: 1000, cursor });
    for (const one of page.refused) all.set(one.line, one);
    if (page.next_cursor === null) return all;
    cursor = page.next_cursor;
  }
};
