// `import <file>`: reads the file once to say what would come of it, then sends it. The same command again goes on where the last one stopped, or says that all
// of it is done.
import { extname } from 'node:path';
import type { ImportFormat, ImportState } from '../../../contract/imports.ts';
import { type CsvMapping, findShapeProblems } from '../../../recovery/import/csv-mapping.ts';
import type { OpenImportRequest } from '../../../recovery/import/import-request.ts';
import { afterAcceptance } from '../after-acceptance.ts';
import type { Api } from '../api.ts';
import { exitCodes } from '../exit-codes.ts';
import { OpsError } from '../ops-error.ts';
import { readJsonFile } from '../read-json-file.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { fields, shown, table } from '../table.ts';
import { type FileSource, openFileSource } from './file-source.ts';
import { demandReportPlace, writeRefusedReport } from './refused-report.ts';
import { sendFile } from './send-file.ts';
import { type FileSurvey, surveyFile, type SurveyOptions } from './survey-file.ts';

export type ImportOptions = {
  readonly name?: string;
  readonly format?: ImportFormat;
  readonly columns?: string;
  readonly rate?: number;
  readonly dryRun?: true;
  readonly skipRefused?: true;
  readonly again?: true;
  readonly report?: string;
  readonly why?: string;
  readonly by?: string;
};

export type Importing = {
  readonly api: Api;
  readonly json: boolean;
  readonly file: string;
  readonly options: ImportOptions;
  readonly surroundings: OpsSurroundings;
};

type Standing = {
  readonly name: string;
  readonly state: ImportState;
  readonly next_line: number;
  readonly lines: number;
  readonly known: boolean;
};

/** Returns the exit code. */
export const importFile = async (importing: Importing): Promise<number> => {
  const { file, options, surroundings } = importing;
  if (options.dryRun !== true && options.why === undefined)
    throw new OpsError('Say why, for the audit: --why "…". (--dry-run needs none.)');
  if (file === '-' && options.name === undefined && options.dryRun !== true)
    throw new OpsError('Standard input has no name of its own: give --name, and the same one to go on after an interruption.');
  await using source = await openFileSource(file, surroundings.stdin);
  const name = options.name ?? source.name ?? '-';
  const survey = await lookOver(importing, source);
  if (options.dryRun === true) return tellSurvey(importing, survey.found);
  if (survey.found.refused > 0 && options.skipRefused !== true) {
    tellSurvey(importing, survey.found);
    throw new OpsError(
      `Nothing was imported: ${survey.found.refused} lines would be refused. Mend the file, or import the rest with --skip-refused.`,
    );
  }
  const report = options.report ?? `${file === '-' ? name : file}.refused.ndjson`;
  // One that nobody named and nothing may come to is not asked for: the file may lie where nobody writes.
  if (options.report !== undefined || survey.found.refused > 0) await demandReportPlace(report);
  // Awaited: the source is there until then.
  return await send(importing, { name, source, report, ...survey });
};

type Surveyed = { readonly found: FileSurvey; readonly reading: SurveyOptions };

const lookOver = async ({ file, options, surroundings }: Importing, source: FileSource): Promise<Surveyed> => {
  const format = options.format ?? (extname(source.name ?? file) === '.csv' || options.columns !== undefined ? 'csv' : 'ndjson');
  if (format === 'csv' && options.columns === undefined)
    throw new OpsError('A CSV file needs --columns <file>: which column becomes which field (docs/import.md has an example).');
  const mapping = options.columns === undefined ? null : await readMapping(options.columns, surroundings);
  const reading = { format, mapping, nowMs: surroundings.clock.nowMs };
  return { found: await surveyFile(source, reading), reading };
};

const readMapping = async (path: string, surroundings: OpsSurroundings): Promise<CsvMapping> => {
  const instead = 'give it as a string, or in a column of its own';
  const mapping = await readJsonFile({ path, name: 'The mapping', instead }, surroundings);
  const problems = findShapeProblems(mapping);
  if (problems.length === 0) return mapping as CsvMapping;
  throw new OpsError(`The mapping in ${path} can't be used: ${problems.map(({ place, message }) => `${place} ${message}`).join('; ')}.`);
};

type Opening = Surveyed & { readonly name: string; readonly source: FileSource; readonly report: string };

const send = async (importing: Importing, opening: Opening): Promise<number> => {
  const { api, surroundings } = importing;
  const { name, found, reading } = opening;
  const opened = await api.post<Standing>('/imports', requestOf(importing, name, found, reading));
  const isDone = opened.state === 'done';
  if (isDone) surroundings.err(`Import '${name}' is done already: all ${opened.lines} lines of this file are settled.\n`);
  else if (opened.known) surroundings.err(`Import '${name}' goes on at line ${opened.next_line} of ${opened.lines}.\n`);
  if (opened.state === 'cancelled') throw new OpsError(`Import '${name}' was cancelled at line ${opened.next_line}, and stays so.`);
  const standing = isDone ? "is done; what came of it can't be said" : 'was opened, and is not known to be done';
  return afterAcceptance({ name: `import ${shown(name)}`, look: `imports show ${name}`, standing }, surroundings, async () => {
    if (!isDone) await sendLines(importing, opening, opened.next_line);
    return tellEnd(importing, opening);
  });
};

const sendLines = async ({ api, file, surroundings }: Importing, { name, source, found, reading }: Opening, fromLine: number) => {
  const { state } = await sendFile({ api, name, source, survey: found, options: reading, surroundings }, fromLine);
  if (state === 'changed') throw new OpsError(`${file} changed while it was read: what is settled is that of the file as it was.`);
};

const tellEnd = async (importing: Importing, opening: Opening): Promise<number> => {
  const { api, json, surroundings } = importing;
  const { name } = opening;
  const end = await api.get<ImportEnd>(`/imports/${encodeURIComponent(name)}`);
  if (json) surroundings.out(`${JSON.stringify(end, null, 2)}\n`);
  else
    surroundings.out(
      `import ${shown(name)}: ${end.appended} appended, ${end.duplicates} were there already, ${end.refused} refused (${end.state})\n`,
    );
  if (end.refused > 0) await reportRefused(importing, opening);
  if (end.state !== 'done') return exitCodes.open;
  return end.refused > 0 ? exitCodes.notAll : exitCodes.done;
};

/** The lines are settled whether it can be written or not: the exit code is theirs. */
const reportRefused = async ({ api, surroundings }: Importing, { name, source, found, reading, report }: Opening): Promise<void> => {
  try {
    await writeRefusedReport(api, name, { source, header: found.header, options: reading, file: report });
    surroundings.err(`The refused lines, each with its reason: ${report}\n`);
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    surroundings.err(`The report of the refused lines is not written; the same command again writes it. ${error.message}\n`);
  }
};

type ImportEnd = { readonly state: ImportState; readonly appended: number; readonly duplicates: number; readonly refused: number };

const requestOf = (
  { options, surroundings }: Importing,
  name: string,
  { firstLine, lines, bytes, sha256, header }: FileSurvey,
  { format, mapping }: SurveyOptions,
): OpenImportRequest => ({
  name,
  format,
  first_line: firstLine,
  lines,
  bytes,
  sha256,
  ...(mapping !== null && { mapping }),
  ...(header !== null && { header: [...header] }),
  ...(options.rate !== undefined && { rate_per_second: options.rate }),
  ...(options.again === true && { again: true }),
  requested_by: options.by ?? surroundings.user,
  why: options.why!,
});

const tellSurvey = ({ json, surroundings: { out } }: Importing, survey: FileSurvey): number => {
  if (json) out(`${JSON.stringify(survey, null, 2)}\n`);
  else {
    const { lines, events, withId, withSequence, blank, refused, firstTime, lastTime, systems, sha256, refusals } = survey;
    out(
      fields({
        lines,
        events: `${events} (${withId} with an id, ${withSequence} with a sequence)`,
        blank,
        refused,
        systems: systems.map(([name, count]) => `${name}: ${count}`).join(', '),
        'event time': firstTime === null ? null : `${firstTime} to ${lastTime}`,
        sha256,
      }),
    );
    if (refused > 0) {
      const rows = refusals.map(({ line, code, place, reason }) => [line, code, place, reason]);
      out(
        `\n${table(['LINE', 'CODE', 'PLACE', 'REASON'], rows)}${refused > rows.length ? `${refused - rows.length} more would be refused.\n` : ''}`,
      );
    }
  }
  return survey.refused > 0 ? exitCodes.notAll : exitCodes.done;
};
