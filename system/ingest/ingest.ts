// The ingest as one thing: bytes of an event in, an answer out. Knows no HTTP and no driver; a bench gives it another writer.
import { randomFillSync } from 'node:crypto';
import type { Registry } from '../schemas/registry.ts';
import { laneOf } from '../stream/lane.ts';
import type { StreamWriter } from '../stream/stream.ts';
import type { Accepted } from '../contract/event.ts';
import { isSystemError } from '../contract/system-error.ts';
import type { DatagramNote } from '../stream/datagrams.ts';
import { admit, type AdmittedEvent, type Delivery, type EventForm, isRefusal, plainEvent } from './admit.ts';
import type { CommitOutcome } from './commit-batch.ts';
import { createEventIds } from './event-ids.ts';
import { createGroupCommit, type FlushLimits, type GroupCommit, overloaded } from './group-commit.ts';
import { createTimeOrderedIdentities } from './identity.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Repeats } from './repeats.ts';
import { type Scheduler, systemScheduler } from './scheduler.ts';
import { noQuotas, type Quotas } from './tenants/quotas.ts';
import type { IngestTelemetry, RequestTrace, TracedKey } from './telemetry.ts';

export type IngestOptions = FlushLimits & {
  readonly writer: StreamWriter;
  readonly laneCount: number;
  readonly flushers: number;
  readonly queueLimitBytes: number;
  readonly commitTimeoutMs: number;
  /** Why nothing is taken just now, whatever comes; null: it may be. By default nothing stands in the way. */
  readonly closedFor?: () => Refusal | null;
  /** Of tenants; by default there are none. */
  readonly quotas?: Quotas;
  /** Whether there are tenants to share the queue with; by default the one has it all. */
  readonly isShared?: () => boolean;
  /** One event was committed to the log; not told of a repeated one. */
  readonly onAppended?: (tenant: string, bytes: number) => void;
  readonly telemetry: IngestTelemetry;
  /** The registry of schemas as it is now; absent: there is none, and nothing is judged. */
  readonly schemas?: () => Pick<Registry, 'judge'>;
  readonly scheduler?: Scheduler;
  /** Epoch milliseconds: the time of receipt. */
  readonly now?: () => number;
  readonly random?: () => number;
};

export type IngestAnswer = ({ readonly kind: 'accepted' } & Accepted) | Refusal;

export type DatagramOrigin = {
  readonly tenant: string;
  /** Of an event that brings no key of its own; null: a new one. */
  readonly identity: string | null;
  readonly note: DatagramNote;
  /** The same for each try of one event: the tenant's quotas are charged at the first that finds room, and not again. */
  readonly charge: { isTaken: boolean };
};

export type Ingest = {
  /**
   * `tenant`: by the sender's key. `headerKey`: the Idempotency-Key header. `trace`: the producer's span of a sampled request. `form`: the contract's own by
   * default. `repeats`: of the batch that it is in. Never rejects.
   */
  accept(
    tenant: string,
    bytes: Buffer,
    headerKey: string | null,
    trace: RequestTrace | null,
    form?: EventForm,
    repeats?: Repeats,
  ): Promise<IngestAnswer>;
  /** One event of a datagram. Refusals are for the caller to count: it tries again where that helps. Never rejects. */
  acceptDatagram(bytes: Buffer, from: DatagramOrigin): Promise<IngestAnswer>;
  /** Why nothing of the tenant is taken just now, before its body is read; null: it may come. */
  refusalOf(tenant: string): Refusal | null;
  /** Has so many ids at hand that as many events, accepted in one go, keep their order; null: they are. Resolves also when there are none to be had. */
  prepare(events: number): Promise<void> | null;
  readonly queueBytes: () => number;
  readonly queueLimitBytes: number;
  /** Commits what waits; the caller stops accepting first. */
  readonly drain: () => Promise<void>;
};

export const createIngest = (options: IngestOptions): Ingest => {
  const { now = Date.now, random = Math.random, scheduler = systemScheduler, telemetry } = options;
  const { closedFor = () => null, quotas = noQuotas, onAppended = () => {} } = options;
  const ids = createEventIds(options.writer);
  const newIdentity = createTimeOrderedIdentities(randomFillSync);
  const commits = createGroupCommit({
    ...options,
    scheduler,
    random,
    laneOf: (request) => laneOf(request, options.laneCount),
    onFlush: telemetry.flushed,
    onFailure: telemetry.appendFailed,
    onCommit: telemetry.committed,
  });
  const judgeNow = (): Pick<Delivery, 'schemas'> =>
    options.schemas === undefined ? {} : { schemas: { registry: options.schemas(), onFinding: telemetry.schemaFound } };
  return {
    accept: async (tenant, bytes, headerKey, trace, form = plainEvent, repeats) => {
      // First of all: when there is too much to do, saying no must cost next to nothing. And before it waits for anything, so that what waits for ids while
      // the database does not answer is bounded as what waits for a commit is.
      const unread = (refusal: Refusal) => {
        repeats?.turnedAway(refusal, () => withoutRefusal(form.admit(bytes, { tenant, receivedAtMs: now(), headerKey, newIdentity })));
        return count({ telemetry, tenant, trace, event: trace && form.readKey(bytes) }, refusal);
      };
      const closed = closedFor();
      if (closed !== null) return unread(closed);
      const over = quotas.take(tenant, bytes.length);
      if (over !== null) return unread(over);
      const room = commits.reserve(tenant, bytes.length);
      if (room === null) return unread(overloaded());
      const admission = form.admit(bytes, { tenant, receivedAtMs: now(), headerKey, newIdentity, ...judgeNow() });
      if (isRefusal(admission)) {
        room.release();
        return count({ telemetry, tenant, trace, event: null }, admission);
      }
      const tell = { telemetry, tenant, trace, event: admission };
      const turnAway = (refusal: Refusal) => {
        room.release();
        repeats?.turnedAway(refusal, () => admission);
        return count(tell, refusal);
      };
      // What another form is kept as may be longer than it came.
      const bodyBytes = Buffer.byteLength(admission.body);
      const growth = bodyBytes - bytes.length;
      if (growth > 0 && !room.grow(growth)) return turnAway(overloaded());
      if (growth > 0) quotas.charge(tenant, growth);
      const id = ids.next() ?? (await nextId(ids));
      if (typeof id !== 'number') return turnAway(id);
      const { told: _told, ...request } = admission;
      const append = { ...request, id, traceparent: trace?.traceparent ?? null };
      const outcome = await (repeats === undefined ? room.submit(append) : repeats.submit(append, room));
      if (outcome.kind === 'appended') onAppended(tenant, bodyBytes);
      return count(tell, toAnswer(admission, outcome));
    },
    acceptDatagram: (bytes, from) =>
      acceptDatagram({ commits, ids, newIdentity, closedFor, quotas, onAppended, judgeNow, telemetry, now }, bytes, from),
    refusalOf: (tenant) => closedFor() ?? quotas.refusalOf(tenant),
    prepare: (events) => (ids.left() < events ? haveIds(ids, events) : null),
    queueBytes: commits.queueBytes,
    queueLimitBytes: options.queueLimitBytes,
    drain: commits.drain,
  };
};

type DatagramParts = {
  readonly commits: GroupCommit;
  readonly ids: ReturnType<typeof createEventIds>;
  readonly newIdentity: Delivery['newIdentity'];
  readonly closedFor: () => Refusal | null;
  readonly quotas: Quotas;
  readonly onAppended: (tenant: string, bytes: number) => void;
  readonly judgeNow: () => Pick<Delivery, 'schemas'>;
  readonly telemetry: IngestTelemetry;
  readonly now: () => number;
};

const acceptDatagram = async (parts: DatagramParts, bytes: Buffer, from: DatagramOrigin): Promise<IngestAnswer> => {
  const { tenant, identity, note, charge } = from;
  const { commits, ids, newIdentity, telemetry } = parts;
  const closed = parts.closedFor();
  if (closed !== null) return closed;
  const room = commits.reserve(tenant, bytes.length);
  if (room === null) return overloaded();
  // Only now, and once: what finds no room, or no database, is tried again, and must not count twice.
  const over = charge.isTaken ? null : parts.quotas.take(tenant, bytes.length);
  if (over !== null) {
    room.release();
    return over;
  }
  charge.isTaken = true;
  const named = identity === null ? newIdentity : () => identity;
  const admission = admit(bytes, { tenant, receivedAtMs: parts.now(), headerKey: null, newIdentity: named, ...parts.judgeNow() });
  if (isRefusal(admission)) {
    room.release();
    return admission;
  }
  const id = ids.next() ?? (await nextId(ids));
  if (typeof id !== 'number') {
    room.release();
    return id;
  }
  const { told: _told, ...request } = admission;
  const outcome = await room.submit({ ...request, id, traceparent: null, datagram: note });
  if (outcome.kind === 'appended') parts.onAppended(tenant, bytes.length);
  const answer = toAnswer(admission, outcome);
  if (answer.kind === 'accepted' && !answer.duplicate) telemetry.sent(tenant);
  return answer;
};

const succeeded = [() => true, () => false] as const;

const haveIds = async (ids: ReturnType<typeof createEventIds>, events: number): Promise<void> => {
  while (ids.left() < events) if (!(await ids.refill().then(...succeeded))) return;
};

/** Another request may take the last of a block first, so it is asked again. */
const nextId = async (ids: ReturnType<typeof createEventIds>): Promise<number | Refusal> => {
  try {
    for (;;) {
      await ids.refill();
      const id = ids.next();
      if (id !== null) return id;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return refuse('storage_unavailable', 'Nothing was stored: the database can not be reached. Retry.');
  }
};

const withoutRefusal = (admission: AdmittedEvent | Refusal): AdmittedEvent | null => (isRefusal(admission) ? null : admission);

const toAnswer = (event: AdmittedEvent, outcome: CommitOutcome): IngestAnswer => {
  if (outcome.kind === 'refused') return outcome;
  if (outcome.kind === 'conflict') {
    const message = `The idempotency key '${event.idempotencyKey}' of system '${event.systemName}' was used before for another body. Send a new key, or the same body.`;
    return refuse('idempotency_conflict', message, { id: outcome.id });
  }
  return {
    kind: 'accepted',
    id: outcome.id,
    duplicate: outcome.kind === 'duplicate',
    event_time_source: event.eventTimeSource,
    idempotency_key: event.idempotencyKey,
    ...(event.told !== undefined && { schema: event.told }),
  };
};

type Told = {
  readonly telemetry: IngestTelemetry;
  readonly tenant: string;
  readonly trace: RequestTrace | null;
  readonly event: TracedKey | null;
};

const count = ({ telemetry, tenant, trace, event }: Told, answer: IngestAnswer): IngestAnswer => {
  if (answer.kind === 'refused') telemetry.refused(answer.code, tenant);
  else if (!answer.duplicate) telemetry.sent(tenant);
  trace?.settled(event, answer);
  return answer;
};
