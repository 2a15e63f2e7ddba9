// What the installed package exports as `faultline/processor/testing`: a processor is given events and run by the very code that runs it in a worker, on a real
// PostgreSQL, in this process. What is missing is the thread: a handler that loops for ever holds up the test.
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { admit, isRefusal } from '../../ingest/admit.ts';
import type { ProcessorDefinition } from '../../processor/define-processor.ts';
import { tableNames } from '../../processor/table-names.ts';
import { compileCheck } from '../../schemas/compile-check.ts';
import { createRegistry } from '../../schemas/registry.ts';
import { createLaneStore } from '../../storage/postgres/lane-store.ts';
import { readOwnTables, removeOwnRows } from '../../storage/postgres/erasure/own-tables.ts';
import { migrate } from '../../storage/postgres/migrate.ts';
import { readInstallation, registerAll } from '../../storage/postgres/register-processors.ts';
import { asQueryable, inTransaction } from '../../storage/postgres/session.ts';
import { createPostgresStreamReader } from '../../stream/postgres/reader.ts';
import { createOwnProcessor } from '../../workers/own-processor.ts';
import { runBatch, runDrain } from '../../workers/run-batch.ts';
import { runRetry } from '../../workers/run-parked.ts';
import { createSurvivedAttempts } from '../../workers/survived-attempts.ts';
import type { ThreadContext } from '../../workers/thread-context.ts';
import type { Report } from '../../workers/thread-protocol.ts';
import { describeProcessor, previousVersion } from './describe.ts';
import { openGiven, openOwn, type TestPlace } from './test-database.ts';

/** As a client sends it (docs/api/http.md), but that the time may be left out. */
export type GivenEvent = {
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly metadata?: unknown;
  readonly event_time?: string;
  readonly sequence?: number;
  readonly id?: string;
  /** Nothing is registered in a test: the event is of this version, and is not cast. */
  readonly schema_version?: number;
};

export type FailedEvent = {
  readonly objectId: string;
  readonly eventName: string;
  /** handler_threw, data_refused …: docs/recovery.md. */
  readonly reason: string;
  readonly message: string;
  readonly attempts: number;
};

/** What became of the events that this run passed. */
export type RunOutcome = {
  readonly applied: number;
  readonly ignored: number;
  /** Given up by `onError.action` skip. */
  readonly skipped: number;
  readonly shed: number;
  /** Dead letters that there are now, and how many events wait behind them. */
  readonly deadLetters: readonly FailedEvent[];
  readonly waitingBehind: number;
  /** Events that wait for a number before theirs. */
  readonly early: number;
  /** Where `onError.action` is stop: the lane stands still before this many events. */
  readonly notPassed: number;
};

export type ProcessorTest<Table extends string> = AsyncDisposable & {
  /** Names of the tables in the database. */
  readonly tables: Readonly<Record<Table, string>>;
  /** Puts events into the stream, in this order. Throws where the ingest would refuse one. */
  given(events: readonly GivenEvent[]): Promise<void>;
  /** Until everything is passed, and nothing is to be tried again; waits between attempts are left out. */
  run(): Promise<RunOutcome>;
  /** All rows of one of its tables. */
  rows<Row extends Record<string, unknown> = Record<string, unknown>>(table: Table): Promise<readonly Row[]>;
  query<Row extends Record<string, unknown> = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Removes what an object has in the tables, by its `erase`; returns how many rows of each. */
  erase(object: Pick<GivenEvent, 'system_name' | 'object_id'>): Promise<Readonly<Partial<Record<Table, number>>>>;
};

export type TestOptions = {
  /** A connected client of `pg`, without an open transaction: all is made in a schema of its own, which goes again. Default: a PostgreSQL of the package's own. */
  readonly client?: Client;
};

/** Throws with each mistake of the definition, or with what the database has against its tables. */
export const testProcessor = async <Table extends string>(
  definition: ProcessorDefinition<Table>,
  { client }: TestOptions = {},
): Promise<ProcessorTest<Table>> => {
  const described = describeProcessor('the processor', definition);
  await using undo = new AsyncDisposableStack();
  const place = undo.use(client === undefined ? await openOwn() : await openGiven(client));
  await migrate(place.client, { lanes: 1, apply: true });
  // There is no version before: it begins as the first would.
  const first = described.startsFrom === 'previous' ? { ...described, startsFrom: 'beginning' as const } : described;
  await registerAll(place.client, [first], { apply: true, previousVersion });
  const context = await createContext(definition as ProcessorDefinition, place);
  const tables = tableNames(definition.name, definition.version, definition.tables);
  const query = async <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) =>
    (await place.session.query<Row>({ text, values: [...values] })).rows;
  const owned = undo.move();
  return {
    tables,
    given: async (events) => {
      for (const event of events) await append(place, event);
    },
    run: () => run(place, context),
    rows: async (table) => {
      if (Object.hasOwn(tables, table)) return await query(`select * from ${tables[table]}`);
      throw new Error(`'${definition.name}' has no table '${table}'; there are: ${Object.keys(tables).join(', ') || 'none'}.`);
    },
    query,
    erase: (object) => erase(place, definition, object),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};

const nothingRegistered = createRegistry({ revision: 0, schemas: [], policies: [] }, compileCheck);

const erase = async <Table extends string>(
  { session }: TestPlace,
  { name, version, tables }: ProcessorDefinition<Table>,
  { system_name: systemName, object_id: objectId }: Pick<GivenEvent, 'system_name' | 'object_id'>,
) => {
  const removed: Partial<Record<Table, number>> = {};
  const names = Object.entries(tableNames(name, version, tables)) as [Table, string][];
  await inTransaction(session, async (client) => {
    const { rows } = await client.query<{ at: Date }>('select clock_timestamp() as at');
    const object = { key: { tenant: 'default', systemName, objectId }, requestedAt: rows[0]!.at };
    for (const own of await readOwnTables(client, { processor: name, version })) {
      const table = names.find(([, inDatabase]) => inDatabase === own.table)![0];
      removed[table] = await removeOwnRows(client, own, object, mostErased);
    }
  });
  return removed;
};

const mostErased = 1_000_000;

const defaults = { attempts: 3, retryMs: 200, deadlineMs: 250 };

const createContext = async (definition: ProcessorDefinition, { session, client }: TestPlace): Promise<ThreadContext<true>> => {
  const processor = createOwnProcessor({
    definition: withDeadline(definition),
    policy: defaults,
    installation: await readInstallation(client),
    schemas: () => nothingRegistered,
    takesNumbers: true,
    nowMs: () => Date.now(),
    waiting: () => {},
  });
  return {
    processor,
    stream: createPostgresStreamReader(asQueryable(session)),
    store: createLaneStore(session, 'test'),
    progress: { enter: () => {}, leave: () => {}, waits: () => {} },
    policy: processor.own.policy,
    maxBytes: 16 * 1024 * 1024,
    nowMs: () => Date.now(),
    survived: createSurvivedAttempts(),
    unheard: () => {},
    turn: null,
    mayWrite: () => Promise.resolve([]),
  };
};

/** A handler that never answers fails here too, as long as it leaves the loop free. Statements count as well: they are quick in a test. */
const withDeadline = (definition: ProcessorDefinition): ProcessorDefinition => {
  const deadlineMs = Math.max(definition.deadlineMs ?? defaults.deadlineMs, 1000);
  return {
    ...definition,
    handle: async (event, context) => {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error(`The handler ran past its deadline of ${deadlineMs} ms.`)), deadlineMs);
      try {
        return await Promise.race([definition.handle(event, context), late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
};

const insertEvent = `
  with moved as (
    update lanes set head = head + 1 where stream_version = 1 and lane = 0 returning head
  )
  insert into log (stream_version, lane, position, id, tenant, system_name, object_id, event_name, idempotency_key, sequence, event_time,
                   event_time_source, received_at, body, schema_version)
  select 1, 0, head, head, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 from moved`;

const append = async ({ session }: TestPlace, event: GivenEvent): Promise<void> => {
  const body = { metadata: {}, event_time: new Date().toISOString(), ...event };
  const given = { tenant: 'default', receivedAtMs: Date.now(), headerKey: null, newIdentity: () => randomUUID() };
  const admitted = admit(Buffer.from(JSON.stringify(body)), given);
  if (isRefusal(admitted)) throw new TypeError(`${JSON.stringify(event)} is no event: ${admitted.message}`);
  const { tenant, systemName, objectId, eventName, idempotencyKey, sequence, eventTime, eventTimeSource, receivedAt } = admitted;
  const key = [tenant, systemName, objectId, eventName, idempotencyKey, sequence];
  const values = [...key, eventTime, eventTimeSource, receivedAt, admitted.body, event.schema_version ?? null];
  await session.query({ text: insertEvent, values });
};

type Books = {
  position: number;
  head: number;
  applied: number;
  ignored: number;
  skipped: number;
  shed: number;
  pending: number;
  parked: number;
};

const readBooks = async ({ session }: TestPlace, { processor }: ThreadContext<true>): Promise<Books> => {
  const { rows } = await session.query<Books>({
    text: `select c.position, l.head, applied, ignored, skipped, shed, pending, parked
           from checkpoints c join lanes l using (lane) where processor = $1 and version = $2`,
    values: [processor.name, processor.version],
  });
  return rows[0]!;
};

const room = { early: 1_000_000, parked: 1_000_000 };

const run = async (place: TestPlace, context: ThreadContext<true>): Promise<RunOutcome> => {
  const { name, version } = context.processor;
  const tenure = { processor: name, version, lane: 0, epoch: 0 };
  const before = await readBooks(place, context);
  const common = { tenure, known: [], room, carefulUntil: null };
  let { position } = before;
  let isStopped = false;
  const note = ({ blocked, delivered }: Report) => {
    isStopped = blocked !== null && delivered === 0;
  };
  const drainWhile = async (more: boolean) => {
    for (let isMore = more; isMore && !isStopped;) {
      const drained = await runDrain({ kind: 'drain', position, ...common }, context);
      isMore = drained.moreDue;
      note(drained);
    }
  };
  while (position < before.head && !isStopped) {
    const report = await runBatch({ kind: 'batch', position, limit: 500, head: before.head, ...common }, context);
    ({ position } = report);
    note(report);
    await drainWhile(report.moreDue);
  }
  for (let due = await retrying(place, context); due.length > 0 && !isStopped; due = await retrying(place, context))
    for (const key of due) {
      const report = await runRetry({ kind: 'retry', tenure, key, known: [], counted: false }, context);
      // A key that left the park may have early events that became due.
      await drainWhile(report.moreDue);
    }
  return outcome(before, await readBooks(place, context), await deadLetters(place, context));
};

const retrying = async ({ session }: TestPlace, { processor }: ThreadContext<true>) => {
  const { rows } = await session.query<{ tenant: string; systemName: string; objectId: string }>({
    text: `select tenant, system_name as "systemName", object_id as "objectId" from parked_keys
           where processor = $1 and version = $2 and state = 'retrying' order by 1, 2, 3`,
    values: [processor.name, processor.version],
  });
  return rows;
};

const deadLetters = async ({ session }: TestPlace, { processor }: ThreadContext<true>): Promise<readonly FailedEvent[]> => {
  const { rows } = await session.query<FailedEvent>({
    text: `select object_id as "objectId", event_name as "eventName", reason_code as reason, reason_message as message, attempts
           from dead_letters where processor = $1 and version = $2 order by position`,
    values: [processor.name, processor.version],
  });
  return rows;
};

const outcome = (before: Books, after: Books, letters: readonly FailedEvent[]): RunOutcome => ({
  applied: after.applied - before.applied,
  ignored: after.ignored - before.ignored,
  skipped: after.skipped - before.skipped,
  shed: after.shed - before.shed,
  deadLetters: letters,
  waitingBehind: after.parked - letters.length,
  early: after.pending,
  notPassed: after.head - after.position,
});
