// Sends a file slice by slice, from where the import stands on: each answer says what is to be sent next. It may be killed at any moment and started again.
import type { SettledLines } from '../../../contract/imports.ts';
import type { RawRecord } from '../../../recovery/import/records.ts';
import type { Api } from '../api.ts';
import { OpsError } from '../ops-error.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import type { FileSource } from './file-source.ts';
import { type Digest, readRecords } from './read-records.ts';
import { createSlicer, type FileSurvey, type SurveyOptions } from './survey-file.ts';

export type Sending = {
  readonly api: Api;
  readonly name: string;
  readonly source: FileSource;
  readonly survey: FileSurvey;
  readonly options: SurveyOptions;
  readonly surroundings: Pick<OpsSurroundings, 'err' | 'sleep' | 'clock'>;
};

export type Sent = { readonly state: 'done' | 'cancelled' | 'changed'; readonly nextLine: number };

const contentTypes = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const;
const pausedPollMs = 1000;
/** Answers in a row without a line settled, and without a reason. */
const mostIdle = 20;
const feed = Buffer.from('\n');

export const sendFile = async (sending: Sending, fromLine: number): Promise<Sent> => {
  const { source, options, survey } = sending;
  const slicer = createSlicer();
  const progress = createProgress(sending);
  let nextLine = fromLine;
  let ended: Sent | null = null;
  let digest: Digest | null = null;

  const send = async () => {
    const slice = slicer.take();
    if (slice.length === 0 || ended !== null) return;
    const answer = await sendSlice(sending, slice, progress);
    nextLine = answer.next_line;
    if (answer.state === 'done' || answer.state === 'cancelled') ended = { state: answer.state, nextLine };
  };
  const reading = { format: options.format, delimiter: options.mapping?.delimiter };
  for await (const records of readRecords(source, reading, (whole) => (digest = whole))) {
    for (const record of records) {
      if (record.line < nextLine || record.line < survey.firstLine || record.line > survey.lines || slicer.add(record)) continue;
      await send();
      if (record.line >= nextLine) slicer.add(record);
    }
    if (ended !== null) break;
  }
  await send();
  if (ended !== null) return ended;
  const changed = (digest as Digest | null)?.sha256 !== survey.sha256;
  return { state: changed ? 'changed' : 'done', nextLine };
};

type Progress = { told(answer: SettledLines): void; waits(why: string): void };

/** Until all of it is settled, or the import is over. What the server did not get to is sent again. */
const sendSlice = async (sending: Sending, slice: readonly RawRecord[], progress: Progress): Promise<SettledLines> => {
  const { api, name, options, surroundings } = sending;
  const end = slice.at(-1)!.line + slice.at(-1)!.lines;
  let idle = 0;
  for (let rest = slice; rest.length > 0;) {
    const fromLine = rest[0]!.line;
    const body = Buffer.concat(rest.flatMap(({ bytes }) => [bytes, feed]));
    const answer = await api.send<SettledLines>(
      `/imports/${encodeURIComponent(name)}/lines`,
      { from: fromLine },
      { type: contentTypes[options.format], body, onQuota: () => progress.waits('waits: the quota of the tenant lets no line in yet') },
    );
    progress.told(answer);
    if (answer.state === 'done' || answer.state === 'cancelled' || answer.next_line >= end) return answer;
    demandNoGap(name, fromLine, answer);
    if (answer.state === 'paused') progress.waits(`paused: npm run ops -- imports resume ${name}`);
    const isIdle = answer.next_line === fromLine;
    idle = isIdle && answer.state === 'running' && answer.brake === null ? idle + 1 : 0;
    if (idle === mostIdle)
      throw new OpsError(
        `Import '${name}' stands at line ${fromLine} after ${mostIdle} requests, and nothing is said to hold it back. imports show has its state; the same command again goes on from there.`,
      );
    if (isIdle) await surroundings.sleep(pausedPollMs);
    rest = rest.filter(({ line }) => line >= answer.next_line);
  }
  throw new OpsError(`Import '${name}' stands between two records of the file as it is read here: is it the same file?`);
};

/** Lines after a gap are never taken: sent again they would be for ever. */
const demandNoGap = (name: string, fromLine: number, { next_line: next }: SettledLines): void => {
  if (next < fromLine)
    throw new OpsError(
      `Import '${name}' stands at line ${next}, before line ${fromLine} that was to come next: was the database restored? The same command again goes on from there.`,
    );
};

const tellEveryMs = 2000;

const createProgress = ({ survey, surroundings: { err, clock } }: Sending): Progress => {
  let toldAtMs = clock.nowMs();
  let toldLine: number | null = null;
  let lastWait: string | null = null;
  const brakes = {
    lag: ', held back: live events come first (lag)',
    latency: ', held back: live ingest comes first (commits are slow)',
    index: ', waits: the index of identities is being made, once',
    disk: ', waits: the database holds its disk budget (FAULTLINE_DISK_BUDGET_BYTES)',
    quota: ", held back: the tenant's quota",
  } as const;
  return {
    told: ({ next_line: next, state, brake }) => {
      const passedMs = clock.nowMs() - toldAtMs;
      if (state === 'running') lastWait = null;
      if (passedMs < tellEveryMs && next <= survey.lines) return;
      const rate = toldLine === null || passedMs < 100 ? '' : `, ${Math.round(((next - toldLine) / passedMs) * 1000)} a second`;
      const share = Math.floor(((next - 1) / survey.lines) * 1000) / 10;
      err(`${next - 1} of ${survey.lines} lines (${share} %)${rate}${brake === null ? '' : brakes[brake]}\n`);
      [toldAtMs, toldLine] = [clock.nowMs(), next];
    },
    waits: (why) => {
      if (why !== lastWait) err(`${why}\n`);
      lastWait = why;
    },
  };
};
