// Defects that the scenarios outside of the default set are there for, one and more for each: planted by `npm run selftest -- --full`, or by their names.
import type { SelftestCase } from './case.ts';
import { consumerMutations } from './consumer-mutations.ts';
import { recoveryMutations } from './recovery-mutations.ts';
import { tenantMutations } from './tenant-mutations.ts';

export const fullMutations: readonly SelftestCase[] = [
  {
    name: 'newest-first-from-a-backlog',
    defect:
      'a worker reads the newest events of a lane, and moves its checkpoint past all that were before them: a lane that keeps up never shows it',
    scenario: 'backlog-grows',
    exitCode: 1,
    namedBy: ['safety/lost', 'safety/accounting', 'safety/accounting-over-time'],
    edits: [
      {
        file: 'system/stream/postgres/reader.ts',
        find: 'where stream_version = $1 and lane = $2 and position > $3\n        order by position\n',
        replace: 'where stream_version = $1 and lane = $2 and position > $3\n        order by position desc\n',
      },
    ],
  },
  {
    name: 'leases-never-run-out',
    defect: 'a lane is free only where its owner gave it back: what a dead worker held nobody takes',
    scenario: 'workers-crash-loop',
    exitCode: 1,
    namedBy: ['expectation/takeover-within'],
    edits: [
      {
        file: 'system/storage/postgres/lease-store.ts',
        find: 'where l.owner is null or l.expires_at <= clock_timestamp()',
        replace: 'where l.owner is null',
      },
    ],
  },
  {
    name: 'lease-renewed-at-the-last-moment',
    defect: 'leases are renewed when they have almost run out: soon enough for a database that answers at once',
    scenario: 'storage-slow',
    exitCode: 1,
    namedBy: ['expectation/no-takeover'],
    edits: [
      {
        file: 'system/workers/lease-keeper.ts',
        find: 'const renewMs = (leaseMs: number) => leaseMs / 4;',
        replace: 'const renewMs = (leaseMs: number) => leaseMs * 0.94;',
      },
    ],
  },
  {
    name: 'no-deadline-for-a-commit',
    defect: 'a commit may take as long as it likes: its clients are told nothing until they give up by themselves',
    scenario: 'storage-unavailable',
    exitCode: 1,
    namedBy: ['expectation/refused-in-time'],
    edits: [
      {
        file: 'system/ingest/commit-batch.ts',
        find: 'options.scheduler.after(Math.max(deadlineMs - options.scheduler.nowMs(), 0), () => controller.abort());',
        replace: 'options.scheduler.after(Math.max(deadlineMs - options.scheduler.nowMs(), 0), () => {});',
      },
    ],
  },
  {
    name: 'commit-in-memory',
    defect: 'a commit is acknowledged before it is on disk',
    scenario: 'database-restarted',
    exitCode: 1,
    namedBy: ['safety/lost'],
    edits: [
      {
        file: 'system/stream/postgres/writer-pool.ts',
        find: "const text = `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;",
        replace: "const text = `select set_config('synchronous_commit', 'off', false)`;",
      },
    ],
  },
  {
    name: 'write-error-swallowed',
    defect: 'what the database refused to write is acknowledged like what it wrote',
    scenario: 'disk-full',
    exitCode: 1,
    namedBy: ['safety/lost'],
    edits: [
      {
        file: 'system/ingest/commit-batch.ts',
        find: "  requests.map(() => (mayBeStored ? unknown() : refuse('storage_unavailable',",
        replace: `  failure.code === 'FL_STREAM_FAILED'
    ? requests.map(({ id }) => ({ kind: 'appended', id, lane: 0, position: 0 }))
    : requests.map(() => (mayBeStored ? unknown() : refuse('storage_unavailable',`,
      },
    ],
  },
  {
    name: 'batch-half-committed',
    defect: 'of what is committed together the second half is answered first and committed in the background',
    scenario: 'ingest-killed',
    exitCode: 1,
    namedBy: ['safety/lost'],
    edits: [
      {
        file: 'system/ingest/commit-batch.ts',
        find: 'return { outcomes: await options.writer.append(requests, controller.signal) };',
        replace: `const half = Math.ceil(requests.length / 2);
    const first = await options.writer.append(requests.slice(0, half), controller.signal);
    const rest = requests.slice(half);
    void sleep(options.scheduler, 300).then(() => options.writer.append(rest)).catch(() => {});
    return { outcomes: [...first, ...rest.map(({ id }) => ({ kind: 'appended' as const, id, lane: 0, position: 0 }))] };`,
      },
    ],
  },
  {
    name: 'no-retry-after',
    defect: 'a refusal does not say when to come back',
    scenario: 'retry-storm',
    exitCode: 1,
    namedBy: ['expectation/refusals-are-definite'],
    edits: [
      {
        file: 'system/ingest/http/answer.ts',
        find: "if (status === 503) reply.header('retry-after', retryAfterSeconds);",
        replace: "if (status === 429) reply.header('retry-after', retryAfterSeconds);",
      },
    ],
  },
  {
    name: 'order-of-admission',
    defect:
      'a worker takes the events of a batch in the order of their ids, which were given at admission, and not in that of their commits',
    scenario: 'inverted-commits',
    exitCode: 1,
    namedBy: ['safety/order-per-key', 'safety/lost'],
    edits: [
      {
        file: 'system/stream/postgres/reader.ts',
        find: 'where bytes_before < $5\n    order by position`',
        replace: 'where bytes_before < $5\n    order by id`',
      },
    ],
  },
  {
    name: 'waits-for-the-oldest-transaction',
    defect: 'a worker reads no further than the oldest transaction that still runs on the server',
    scenario: 'idle-transaction',
    exitCode: 1,
    namedBy: ['budget/freshness-p99@forgotten', 'budget/lag@forgotten'],
    edits: [
      {
        file: 'system/stream/postgres/reader.ts',
        find: 'where stream_version = $1 and lane = $2 and position > $3\n        order by position\n',
        replace:
          'where stream_version = $1 and lane = $2 and position > $3\n          and xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint\n        order by position\n',
      },
    ],
  },
  {
    name: 'idle-snapshots-overlooked',
    defect: 'only a session that is at work counts as one that holds a snapshot',
    scenario: 'long-snapshot',
    exitCode: 1,
    namedBy: ['detection/FaultlineSnapshotOld'],
    edits: [
      {
        file: 'system/storage/postgres/books.ts',
        find: 'where datname = current_database() and (backend_xmin',
        replace: "where datname = current_database() and state = 'active' and (backend_xmin",
      },
    ],
  },
  {
    name: 'refused-connection-kept',
    defect: 'a connection that was refused is kept like one that was made, and is never tried again',
    scenario: 'connections-used-up',
    exitCode: 1,
    namedBy: ['liveness/drained'],
    edits: [
      {
        file: 'system/storage/postgres/session.ts',
        find: "mine.then((client) => client.once('end', forget), forget);",
        replace: "mine.then((client) => client.once('end', forget), () => {});",
      },
    ],
  },
  {
    name: 'storage-refused-for-ever',
    defect: 'a refusal for want of the database does not say when to come back; one for want of room does',
    scenario: 'connections-used-up',
    exitCode: 1,
    namedBy: ['expectation/refused-in-time'],
    edits: [
      {
        file: 'system/ingest/http/answer.ts',
        find: "if (status === 503) reply.header('retry-after', retryAfterSeconds);",
        replace:
          "if (status === 503 && !JSON.stringify(body).includes('storage_unavailable')) reply.header('retry-after', retryAfterSeconds);",
      },
    ],
  },
  {
    name: 'leases-kept-by-who-leaves',
    defect: 'a worker that stops in order does not give its lanes back: they wait until its leases run out',
    scenario: 'rolling-restart',
    exitCode: 1,
    namedBy: ['expectation/no-takeover'],
    edits: [
      {
        file: 'system/storage/postgres/lease-store.ts',
        find: 'update leases set owner = null, expires_at = null where owner = $1 returning',
        replace: 'update leases set owner = owner where owner = $1 returning',
      },
    ],
  },
  {
    name: 'refused-while-stopping',
    defect: 'an ingest process that stops refuses what still comes on the connections that it has',
    scenario: 'rolling-restart',
    exitCode: 1,
    namedBy: ['expectation/refused-nobody'],
    edits: [
      {
        file: 'system/ingest/http/event-routes.ts',
        find: "const trace = startTrace(request, options, '/events');",
        replace:
          "if (options.isStopping()) return answerRefusal(reply, options, refuse('shutting_down', 'The process is stopping.'));\n  const trace = startTrace(request, options, '/events');",
      },
    ],
  },
  {
    name: 'ends-with-an-error',
    defect: 'a query process that was stopped in order, and did all that it owes, ends with code 1',
    scenario: 'rolling-restart',
    exitCode: 1,
    namedBy: ['expectation/stops-in-order'],
    edits: [
      {
        file: 'system/main/process-life.ts',
        find: 'await running.stop();\n    return 0;',
        replace: "await running.stop();\n    return identity['process'] === 'query' ? 1 : 0;",
      },
    ],
  },
  {
    name: 'new-identity-for-each-attempt',
    defect: 'a commit is repeated under new identities where the client gave no id: what the first attempt stored is stored again',
    scenario: 'commit-unknown-without-ids',
    exitCode: 1,
    namedBy: ['safety/duplicate-in-log'],
    edits: [
      {
        file: 'system/ingest/commit-batch.ts',
        find: 'return { outcomes: await options.writer.append(requests, controller.signal) };',
        replace: `const anew = requests.map((request) => ({ ...request, identity: request.idempotencyKey === null ? crypto.randomUUID() : request.identity }));
    return { outcomes: await options.writer.append(anew, controller.signal) };`,
      },
    ],
  },
  {
    name: 'failed-event-keeps-its-writes',
    defect: "what a team's own processor wrote for an event before it failed on it is kept, and written again with each attempt",
    scenario: 'own-processor',
    exitCode: 1,
    namedBy: ['expectation/own-effects-once'],
    edits: [
      {
        file: 'system/storage/postgres/event-transactions.ts',
        find: "'rollback to savepoint one_event; release savepoint one_event'",
        replace: "'release savepoint one_event'",
      },
    ],
  },
  {
    name: 'parked-by-schema-handled',
    defect: 'what the policy for schemas parks is given to user code all the same',
    scenario: 'schema-change',
    exitCode: 1,
    namedBy: ['expectation/dead-letters-equal-poison'],
    edits: [
      {
        file: 'system/workers/with-schemas.ts',
        find: 'if ((event.schema?.parkedAt ?? null) !== null) refuseUnlessMended(event, registry());',
        replace: '',
      },
    ],
  },
  {
    name: 'upcast-left-out',
    defect: 'a processor that asks for a version is given each event as it came',
    scenario: 'schema-change',
    exitCode: 1,
    namedBy: ['expectation/dead-letters-equal-poison'],
    edits: [
      {
        file: 'system/workers/with-schemas.ts',
        find: 'return { ...event, body: cast.body, schema',
        replace: 'return { ...event, schema',
      },
    ],
  },
  {
    name: 'turns-never-over',
    defect: 'a key may keep its lane for as long as its backlog takes',
    scenario: 'hot-key',
    exitCode: 1,
    namedBy: ['expectation/others-stay-fresh'],
    edits: [
      {
        file: 'system/workers/deliver.ts',
        find: 'turns?.isOver(event) !== true',
        replace: 'turns !== null',
      },
    ],
  },
  {
    name: 'leases-on-the-clock-of-the-host',
    defect: 'a lease ends by the clock of the worker that took it',
    scenario: 'clock-jump',
    exitCode: 1,
    namedBy: ['expectation/takeover-within'],
    edits: [
      {
        file: 'system/storage/postgres/lease-store.ts',
        find: "acquired_at = clock_timestamp(), expires_at = clock_timestamp() + $5::double precision * interval '1 millisecond'",
        replace: 'acquired_at = clock_timestamp(), expires_at = to_timestamp($5::double precision / 1000)',
      },
      {
        file: 'system/storage/postgres/lease-store.ts',
        find: 'durably<AcquiredRow>(acquire, [worker, ...laneArrays(lanes), leaseMs]);',
        replace: 'durably<AcquiredRow>(acquire, [worker, ...laneArrays(lanes), Date.now() + leaseMs]);',
      },
      {
        file: 'system/storage/postgres/lease-store.ts',
        find: "update leases l set expires_at = clock_timestamp() + $6::double precision * interval '1 millisecond'",
        replace: 'update leases l set expires_at = to_timestamp($6::double precision / 1000)',
      },
      {
        file: 'system/storage/postgres/lease-store.ts',
        find: 'tenures.map(({ epoch }) => epoch), leaseMs];',
        replace: 'tenures.map(({ epoch }) => epoch), Date.now() + leaseMs];',
      },
    ],
  },
  {
    name: 'batch-refused-as-a-whole',
    defect: 'a batch of which some was refused is refused as a whole, though the rest is stored',
    scenario: 'batches-overloaded',
    exitCode: 1,
    namedBy: ['safety/phantom'],
    edits: [
      {
        file: 'system/ingest/http/event-routes.ts',
        find: 'if (last === undefined || refusals.length < answers.length || !isForAll.has(statusOf(last))) return null;',
        replace: 'if (last === undefined || !isForAll.has(statusOf(last))) return null;',
      },
    ],
  },
  ...consumerMutations,
  ...tenantMutations,
  {
    name: 'page-that-fails',
    defect: 'a timeline of 9, 19, 29 … entries is answered with 500, until it has one more',
    scenario: 'read-while-writing',
    exitCode: 1,
    namedBy: ['expectation/reads-answered'],
    edits: [
      {
        file: 'system/query/routes/timeline.ts',
        find: 'const first = rows[0];',
        replace: "const first = rows[0];\n    if (rows.length % 10 === 9) throw new Error('the last page of ten has no end');",
      },
    ],
  },
  ...recoveryMutations,
];
