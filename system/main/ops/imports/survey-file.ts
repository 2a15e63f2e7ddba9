// The dry run: reads a whole file with the very code that imports it, and says what would come of it. It asks nobody: what is there already is seen by the import.
import { type ImportFormat, importLimits } from '../../../contract/imports.ts';
import type { CsvMapping } from '../../../recovery/import/csv-mapping.ts';
import { findMappingProblems } from '../../../recovery/import/csv-mapping.ts';
import type { RefusedLine } from '../../../recovery/import/import-ledger.ts';
import { createLineReader, type LineReader, readHeader } from '../../../recovery/import/read-lines.ts';
import type { RawRecord } from '../../../recovery/import/records.ts';
import { OpsError } from '../ops-error.ts';
import type { FileSource } from './file-source.ts';
import { type Digest, readRecords } from './read-records.ts';

export type FileSurvey = Digest & {
  readonly lines: number;
  /** csv: the one behind the header. */
  readonly firstLine: number;
  readonly header: readonly string[] | null;
  readonly blank: number;
  readonly events: number;
  readonly withId: number;
  readonly withSequence: number;
  readonly refused: number;
  /** The first of them. */
  readonly refusals: readonly RefusedLine[];
  /** Events by system_name, the most frequent first. */
  readonly systems: readonly (readonly [name: string, events: number])[];
  readonly firstTime: string | null;
  readonly lastTime: string | null;
};

export type SurveyOptions = { readonly format: ImportFormat; readonly mapping: CsvMapping | null; readonly nowMs: () => number };

const refusalsKept = 20;
const systemsKept = 10;
const tenant = 'default';

export const surveyFile = async (source: FileSource, { format, mapping, nowMs }: SurveyOptions): Promise<FileSurvey> => {
  const counts = createCounts();
  let reader: LineReader | null = null;
  let header: readonly string[] | null = null;
  let firstLine = 1;
  let digest: Digest = { sha256: '', bytes: 0 };
  const shape = { format, mapping, tenant, newIdentity: () => '' };
  for await (const records of readRecords(source, { format, delimiter: mapping?.delimiter }, (whole) => (digest = whole))) {
    let rest = records;
    if (format === 'csv' && header === null && records[0] !== undefined) {
      header = headerOf(records[0], mapping!);
      firstLine = 1 + records[0].lines;
      counts.skip(records[0]);
      rest = records.slice(1);
    }
    reader ??= format === 'csv' && header === null ? null : createLineReader({ ...shape, header });
    if (reader !== null) counts.add(reader(rest, nowMs()));
  }
  if (digest.bytes === 0) throw new OpsError('The file is empty: there is nothing to import.');
  return { ...digest, header, firstLine, ...counts.result() };
};

const headerOf = ({ bytes }: RawRecord, mapping: CsvMapping): readonly string[] => {
  try {
    const header = readHeader(bytes, mapping.delimiter ?? ',');
    const problems = findMappingProblems(mapping, header);
    if (problems.length === 0) return header;
    throw new Error(`The mapping does not fit the file: ${problems.map(({ place, message }) => `${place} ${message}`).join('; ')}.`);
  } catch (cause) {
    throw new OpsError((cause as Error).message, { cause });
  }
};

const createCounts = () => {
  const systems = new Map<string, number>();
  const refusals: RefusedLine[] = [];
  let [lines, blank, events, withId, withSequence, refused] = [0, 0, 0, 0, 0, 0];
  let firstTime: string | null = null;
  let lastTime: string | null = null;
  return {
    skip: (record: RawRecord) => void (lines += record.lines),
    add: (read: ReturnType<LineReader>) => {
      for (const { line, lines: own, event, refusal } of read) {
        lines += own;
        if (refusal !== null) {
          refused += 1;
          if (refusals.length < refusalsKept) refusals.push({ line, ...refusal });
        } else if (event === null) blank += 1;
        else {
          events += 1;
          if (event.idempotencyKey !== null) withId += 1;
          if (event.sequence !== null) withSequence += 1;
          systems.set(event.systemName, (systems.get(event.systemName) ?? 0) + 1);
          if (firstTime === null || event.eventTime < firstTime) firstTime = event.eventTime;
          if (lastTime === null || event.eventTime > lastTime) lastTime = event.eventTime;
        }
      }
    },
    result: () => ({
      lines,
      blank,
      events,
      withId,
      withSequence,
      refused,
      refusals,
      firstTime,
      lastTime,
      systems: [...systems].toSorted(([, a], [, b]) => b - a).slice(0, systemsKept),
    }),
  };
};

/** Enough records for one request, each with its own line feed: the number of a line is its place in the body. */
export const createSlicer = () => {
  let records: RawRecord[] = [];
  let bytes = 0;
  let lines = 0;
  return {
    /** False: it is full; take it first. */
    add: (record: RawRecord): boolean => {
      const isFull = lines + record.lines > importLimits.sliceLines || bytes + record.bytes.length + 1 > importLimits.sliceBytes;
      if (records.length > 0 && isFull) return false;
      records.push(record);
      bytes += record.bytes.length + 1;
      lines += record.lines;
      return true;
    },
    take: (): readonly RawRecord[] => {
      const taken = records;
      [records, bytes, lines] = [[], 0, 0];
      return taken;
    },
  };
};
