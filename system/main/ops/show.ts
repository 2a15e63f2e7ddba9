// The commands that look and change nothing. Bodies are printed by `dead-letters show` alone, which was asked for one.
import { rawField } from '../../contract/raw-field.ts';
import type { Api } from './api.ts';
import {
  type AuditPage,
  type DeadLetterPage,
  type ParkedKeyPage,
  placeName,
  type Reason,
  type ShownEvent,
  type ShownKey,
} from './answers.ts';
import { describeJob, exitCodeOf } from './describe-job.ts';
import { exitCodes } from './exit-codes.ts';
import { filtersOf, type Filters } from './places.ts';
import { readJob } from './read-job.ts';
import type { OpsSurroundings } from './surroundings.ts';
import { fields, shown, shownJson, table } from './table.ts';

export type ListOptions = { readonly limit: number; readonly cursor?: string };
type Out = Pick<OpsSurroundings, 'out'>;

const pageOf = ({ limit, cursor }: ListOptions) => ({ limit, cursor });
const nextPage = (cursor: string | null) => (cursor === null ? '' : `\nThere are more: the same with --cursor ${cursor}\n`);
/** A misspelt filter finds nothing either: so it is said that there was one. */
const fitting = (filters: Readonly<Record<string, unknown>>): string => {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : ` with ${given.map(([name, value]) => `${name} '${shown(String(value))}'`).join(' and ')}`;
};
const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const reasonOf = (reason: Reason | null) => (reason === null || reason.code === null ? null : `${reason.code}: ${reason.message ?? ''}`);

export const listLetters = async (
  api: Api,
  options: Filters & ListOptions & { readonly since?: string; readonly until?: string },
  json: boolean,
  { out }: Out,
): Promise<number> => {
  const { all: _all, ...filters } = filtersOf(options);
  const page = await api.get<DeadLetterPage>('/dead-letters', { ...filters, from: options.since, to: options.until, ...pageOf(options) });
  if (json) out(asJson(page));
  else if (page.dead_letters.length === 0) out(`No dead letters${fitting({ ...filters, from: options.since, to: options.until })}.\n`);
  else {
    const rows = page.dead_letters.map((letter) => [
      placeName(letter),
      letter.system_name,
      letter.object_id,
      letter.event_name,
      letter.attempts + letter.earlier_attempts,
      letter.waiting_behind,
      letter.last_failed_at,
      letter.is_fixed ? 'yes' : '',
      reasonOf(letter.reason),
    ]);
    out(
      table(['PLACE', 'SYSTEM', 'OBJECT', 'EVENT', 'ATTEMPTS', 'BEHIND', 'LAST FAILED', 'FIXED', 'REASON'], rows) +
        nextPage(page.next_cursor),
    );
  }
  return exitCodes.done;
};

export const showLetter = async (
  api: Api,
  { processor, version, lane, position }: { processor: string; version: number; lane: number; position: number },
  json: boolean,
  { out }: Out,
): Promise<number> => {
  const answer = await api.text(`/dead-letters/${encodeURIComponent(processor)}/${version}/${lane}/${position}`);
  if (json) {
    out(`${answer}\n`);
    return exitCodes.done;
  }
  const event = JSON.parse(answer) as ShownEvent;
  const { reason, attempts, earlier_attempts: earlier, ...rest } = event;
  out(
    fields({
      place: placeName(event),
      state: rest.state,
      event: `${rest.event_name} (id ${rest.id}${rest.sequence === null ? '' : `, sequence ${rest.sequence}`})`,
      key: `${rest.system_name} ${rest.object_id}`,
      reason: reasonOf(reason),
      'error type': reason.error_type,
      stage: rest.stage,
      attempts: earlier === 0 ? attempts : `${attempts} since its last replay, ${earlier} before`,
      replays: rest.replays,
      received: rest.received_at,
      'first failed': rest.first_failed_at,
      'last failed': rest.last_failed_at,
      worker: rest.worker,
      'trace id': rest.trace_id,
      'waiting behind': rest.waiting_behind,
      fixed: rest.is_fixed ? `${rest.fixed_at} by ${rest.fixed_by}` : 'no',
      // As they came: who mends the event copies from here.
      body: rawJson(answer, 'body'),
      ...(rest.is_fixed && { 'fixed body': rawJson(answer, 'fixed_body') }),
    }),
  );
  return exitCodes.done;
};

const rawJson = (answer: string, name: string): string => shownJson(rawField(answer, name) ?? 'null');

export const listParkedKeys = async (
  api: Api,
  options: Filters & ListOptions & { readonly state?: string },
  json: boolean,
  { out }: Out,
): Promise<number> => {
  const { processor, system: system_name, object: object_id, state } = options;
  const page = await api.get<ParkedKeyPage>('/parked-keys', { processor, system_name, object_id, state, ...pageOf(options) });
  const rows = page.parked_keys.map((key) => [
    `${key.processor}/${key.version}`,
    key.system_name,
    key.object_id,
    key.state,
    key.events,
    key.since,
    key.next_attempt_at,
    reasonOf(key.head_reason),
  ]);
  const head = ['PROCESSOR', 'SYSTEM', 'OBJECT', 'STATE', 'EVENTS', 'SINCE', 'NEXT ATTEMPT', 'REASON'];
  out(
    json
      ? asJson(page)
      : rows.length === 0
        ? `No parked keys${fitting({ processor, system_name, object_id, state })}.\n`
        : table(head, rows) + nextPage(page.next_cursor),
  );
  return exitCodes.done;
};

export const showParkedKey = async (
  api: Api,
  asked: { processor: string; version: number; system: string; object: string; limit: number },
  json: boolean,
  { out }: Out,
): Promise<number> => {
  const path = [asked.processor, asked.version, asked.system, asked.object].map((part) => encodeURIComponent(part)).join('/');
  const key = await api.get<ShownKey>(`/parked-keys/${path}`, { limit: asked.limit });
  if (json) {
    out(asJson(key));
    return exitCodes.done;
  }
  const { state, since, next_attempt_at: next, lane, total } = key;
  out(`${fields({ key: `${key.system_name} ${key.object_id}`, state, since, 'next attempt': next, lane, events: total })}\n`);
  const rows = key.events.map((event) => [
    placeName({ ...key, position: event.position }),
    event.event_name,
    event.sequence,
    event.received_at,
    event.attempts,
    event.is_fixed ? 'yes' : '',
    reasonOf(event.reason) ?? 'waits behind',
  ]);
  out(table(['PLACE', 'EVENT', 'SEQUENCE', 'RECEIVED', 'ATTEMPTS', 'FIXED', 'REASON'], rows));
  if (key.events.length < total) out(`\n${total - key.events.length} more wait behind; --limit shows more.\n`);
  return exitCodes.done;
};

export const showJob = async (api: Api, number: number, json: boolean, { out }: Out): Promise<number> => {
  const job = await readJob(api, number);
  if (json) out(asJson(job));
  else {
    out(`job ${job.job}: ${job.action}, asked for by ${shown(job.requested_by)} at ${job.requested_at}: ${shown(job.why)}\n`);
    out(describeJob(job));
  }
  return exitCodeOf(job);
};

export const listAudit = async (
  api: Api,
  options: Filters & ListOptions & { readonly job?: number },
  json: boolean,
  { out }: Out,
): Promise<number> => {
  const { system: system_name, object: object_id, job } = options;
  const page = await api.get<AuditPage>('/recovery/audit', { system_name, object_id, job, ...pageOf(options) });
  const rows = page.entries.map((entry) => [
    entry.at,
    entry.job,
    entry.action,
    entry.outcome,
    entry.events,
    entry.requested_by,
    placeName(entry),
    entry.system_name,
    entry.object_id,
    entry.why,
  ]);
  const head = ['AT', 'JOB', 'ACTION', 'OUTCOME', 'EVENTS', 'BY', 'PLACE', 'SYSTEM', 'OBJECT', 'WHY'];
  out(json ? asJson(page) : rows.length === 0 ? 'Nothing was done yet.\n' : table(head, rows) + nextPage(page.next_cursor));
  return exitCodes.done;
};
