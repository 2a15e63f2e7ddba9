// The report of refused lines: a file beside the one that was imported, with each line as it is there, why it was refused, and where. The server has no copy of
// these lines, and no log has: a reason that quotes its line is found again here.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { RefusedLine } from '../../../recovery/import/import-ledger.ts';
import { createLineReader } from '../../../recovery/import/read-lines.ts';
import type { Api } from '../api.ts';
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

/** Returns how many there are. */
export const writeRefusedReport = async (api: Api, name: string, { source, header, options, file }: ReportOptions): Promise<number> => {
  const refused = await loadRefused(api, name);
  const { format, mapping, nowMs } = options;
  const read = createLineReader({ format, mapping, header, tenant: 'default', newIdentity: () => '' });
  const output = createWriteStream(file, { mode: 0o600 });
  for await (const records of readRecords(source, { format, delimiter: mapping?.delimiter }, () => {}))
    for (const record of records) {
      const kept = refused.get(record.line);
      if (kept === undefined) continue;
      const why = { ...kept, ...read([record], nowMs())[0]!.refusal };
      if (!output.write(`${JSON.stringify({ ...why, raw: record.bytes.toString('utf8') })}\n`)) await once(output, 'drain');
    }
  output.end();
  await once(output, 'close');
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
