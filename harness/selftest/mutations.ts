// Defects of the system, each as an edit of a copy: what a team really gets wrong, and the check or signal that must name it (exit 1).
import type { Edit, SelftestCase } from './case.ts';

const shortSteady: Edit = {
  file: 'scenarios/steady.ts',
  find: 'seconds: 15,',
  replace: 'seconds: 6,',
};

export const mutations: readonly SelftestCase[] = [
  {
    name: 'answer-before-commit',
    defect: 'ingest answers 200 first and commits in the background; then its process is killed',
    scenario: 'steady',
    exitCode: 1,
    namedBy: ['safety/lost'],
    edits: [
      shortSteady,
      {
        file: 'system/ingest/commit-batch.ts',
        find: 'return { outcomes: await options.writer.append(requests, controller.signal) };',
        replace: `void sleep(options.scheduler, 300).then(() => options.writer.append(requests)).catch(() => {});
    return { outcomes: requests.map(({ id }) => ({ kind: 'appended', id, lane: 0, position: 0 })) };`,
      },
      {
        file: 'scenarios/steady.ts',
        find: '  expect: {',
        replace: `  faults: {
    'kill-ingest': { kind: 'kill', at: { phase: 'steady', afterSeconds: 2 }, role: 'ingest', index: 0, restartAfterSeconds: 0.2 },
  },
  expect: {`,
      },
    ],
  },
  {
    name: 'dedupe-off',
    defect: 'each delivery gets an identity of its own, whatever key the client gave',
    scenario: 'out-of-order',
    exitCode: 1,
    namedBy: ['safety/duplicate-in-log'],
    edits: [
      {
        file: 'system/ingest/admit.ts',
        find: 'identity: idempotencyKey === null ? delivery.newIdentity(receivedAtMs)',
        replace: 'identity: idempotencyKey !== undefined ? delivery.newIdentity(receivedAtMs)',
      },
    ],
  },
  {
    name: 'unknown-commit-called-definite',
    defect: 'a commit whose answer was lost is called a refusal, as if nothing could have been stored',
    scenario: 'commit-unknown',
    exitCode: 1,
    namedBy: ['safety/phantom'],
    edits: [
      {
        file: 'system/ingest/commit-batch.ts',
        find: 'mayBeStored ||= isIndefinite(failure);',
        replace: 'mayBeStored &&= isIndefinite(failure);',
      },
    ],
  },
  {
    name: 'checkpoint-before-effect',
    defect: 'the checkpoint is committed first, the effect in a transaction after it',
    scenario: 'consumer-crash',
    exitCode: 1,
    namedBy: ['safety/lost'],
    edits: [
      {
        file: 'system/storage/postgres/settle.ts',
        find: `async (client, locked) => ({
    ...move,
    books: await write(client, locked),
  }));`,
        replace: `async (client, locked) => {
    await commit(client, tenure, move, noBooks);
    await client.query('begin');
    return { ...move, toPosition: null, books: await write(client, locked) };
  });`,
      },
    ],
  },
  {
    name: 'nothing-counted',
    defect: 'no event is counted by its minute: the table of counts stays empty',
    scenario: 'steady',
    exitCode: 1,
    namedBy: ['safety/read-model', 'safety/duplicate-effect'],
    edits: [
      shortSteady,
      {
        file: 'system/storage/postgres/timelines.ts',
        find: 'from input group by 2, 3, 4, 5, 6 order',
        replace: 'from input where later < 0 group by 2, 3, 4, 5, 6 order',
      },
    ],
  },
  {
    name: 'poison-skipped-silently',
    defect: 'an event whose handler fails is passed over: no dead letter, no count',
    scenario: 'poison-messages',
    exitCode: 1,
    namedBy: ['safety/accounting', 'safety/lost', 'agreement/drop', 'budget/drop@all', 'budget/drop@poison'],
    edits: [
      {
        file: 'system/workers/settlement.ts',
        find: "const failed = decisions.filter((decision) => decision.kind === 'failed');",
        replace: "const failed = decisions.filter((decision) => decision.kind === 'failed').slice(0, 0);",
      },
    ],
  },
  {
    name: 'lag-reported-as-zero',
    defect: 'the lag signal is exported as 0 whatever the books say',
    scenario: 'spike',
    exitCode: 1,
    namedBy: ['agreement/lag'],
    edits: [
      {
        file: 'system/storage/postgres/books.ts',
        find: 'entry(signals.lag, attributes, row.head - row.position)',
        replace: 'entry(signals.lag, attributes, 0 * (row.head - row.position))',
      },
    ],
  },
  {
    name: 'duplicates-not-counted',
    defect: 'duplicates are answered rightly but never counted',
    scenario: 'out-of-order',
    exitCode: 1,
    namedBy: ['agreement/duplicates', 'expectation/duplicates-counted-exactly'],
    edits: [
      {
        file: 'system/storage/postgres/migrations/0021-books-and-batches.sql',
        find: 'duplicates = l.duplicates + c.doubled',
        replace: 'duplicates = l.duplicates + 0 * c.doubled',
      },
    ],
  },
  {
    name: 'fencing-off',
    defect: 'a write compares neither epoch nor position: a woken zombie writes on',
    scenario: 'consumer-crash',
    exitCode: 1,
    namedBy: ['safety/duplicate-effect', 'expectation/zombie-fenced'],
    edits: [
      {
        file: 'system/workers/checkpoint.ts',
        find: "if (found.epoch !== expected.epoch) return 'fenced';",
        replace: "if (found.position !== undefined) return 'advanced';",
      },
    ],
  },
  {
    name: 'worker-drops-trace-context',
    defect: 'a worker begins traces of its own instead of going on with that of the request',
    scenario: 'steady',
    exitCode: 1,
    namedBy: ['agreement/traces'],
    edits: [
      shortSteady,
      {
        file: 'system/workers/batch-telemetry.ts',
        find: "kind: 'consumer',\n    parent,",
        replace: "kind: 'consumer',\n    parent: null,",
      },
    ],
  },
  {
    name: 'log-without-trace-id',
    defect: 'log records go out without the trace id of what they are about',
    scenario: 'steady',
    exitCode: 1,
    namedBy: ['agreement/logs'],
    edits: [
      shortSteady,
      {
        file: 'system/telemetry/logger.ts',
        find: 'context: span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span),',
        replace: 'context: ROOT_CONTEXT,',
      },
    ],
  },
  {
    name: 'dead-letter-without-trace-id',
    defect: 'of all log records only that of a dead letter lacks the trace id of its event',
    scenario: 'poison-messages',
    exitCode: 1,
    namedBy: ['agreement/logs'],
    edits: [
      {
        file: 'system/workers/batch-telemetry.ts',
        find: 'context(event, failed.traceparent)',
        replace: "context(event, failed.end === 'dead_letter' ? null : failed.traceparent)",
      },
    ],
  },
  {
    name: 'udp-drops-not-counted',
    defect: 'what the full queue of datagrams drops is counted nowhere: the network seems to have lost it',
    scenario: 'udp-flood',
    exitCode: 1,
    namedBy: ['safety/counted-loss', 'budget/udp-network-loss@all'],
    edits: [
      {
        file: 'system/ingest/udp/ring.ts',
        find: 'Atomics.add(counts, counters.dropped, 1n);',
        replace: 'Atomics.add(counts, counters.dropped, 0n);',
      },
    ],
  },
  {
    name: 'panel-metric-renamed',
    defect: 'a panel asks for a metric by a name that it no longer has',
    scenario: 'steady',
    exitCode: 1,
    namedBy: ['expectation/panels-have-data'],
    edits: [
      shortSteady,
      {
        file: 'grafana/dashboards/pipeline.json',
        find: '"expr": "sum(faultline_parked_keys{',
        replace: '"expr": "sum(faultline_keys_parked{',
      },
    ],
  },
  {
    name: 'alert-threshold-wrong',
    defect: 'the alert on new dead letters waits for a thousand of them',
    scenario: 'poison-messages',
    exitCode: 1,
    namedBy: ['detection/FaultlineDeadLettersGrowing'],
    edits: [
      {
        file: 'grafana/alerts/run.rules.yml',
        find: '(clamp_min(delta(faultline_dead_letters[5s]), 0)) > 0',
        replace: '(clamp_min(delta(faultline_dead_letters[5s]), 0)) > 1000',
      },
    ],
  },
  {
    name: 'alert-too-nervous',
    defect: 'the alert on events that wait for too long fires when one waits at all',
    scenario: 'steady',
    exitCode: 1,
    namedBy: ['detection/no-other-alert'],
    edits: [
      {
        file: 'grafana/alerts/run.rules.yml',
        find: 'expr: max by (faultline_run, faultline_scenario, faultline_processor, faultline_processor_version) (last_over_time(messaging_consumer_lag_duration_seconds[5s])) > 20',
        replace:
          'expr: max by (faultline_run, faultline_scenario, faultline_processor, faultline_processor_version) (last_over_time(messaging_consumer_lag_duration_seconds[5s])) > 0',
      },
    ],
  },
  {
    name: 'quota-ignored',
    defect: 'ingest counts what a tenant sends against its quota, and lets everything in',
    scenario: 'noisy-tenant',
    exitCode: 1,
    namedBy: ['budget/noisy-accepted@flood'],
    edits: [
      {
        file: 'system/ingest/tenants/quotas.ts',
        find: 'if (eventsMs === 0 && bytesMs === 0) return null;',
        replace: 'if (eventsMs + bytesMs < 3_600_000) return null;',
      },
    ],
  },
  {
    name: 'disk-budget-ignored',
    defect: 'ingest measures what the database takes, tells it, and goes on taking events',
    scenario: 'disk-budget',
    exitCode: 1,
    namedBy: ['budget/disk@full'],
    edits: [
      {
        file: 'system/ingest/ingest.ts',
        find: 'if (closed !== null) return unread(closed);',
        replace: 'if (closed !== null && bytes.length === 0) return unread(closed);',
      },
      {
        file: 'system/ingest/ingest.ts',
        find: 'refusalOf: (tenant) => closedFor() ?? quotas.refusalOf(tenant),',
        replace: 'refusalOf: quotas.refusalOf,',
      },
    ],
  },
  {
    name: 'ledger-before-append',
    defect: 'an import notes its lines as settled first, and appends them in a transaction after it',
    scenario: 'backfill-under-load',
    exitCode: 1,
    namedBy: ['safety/lost'],
    edits: [
      {
        file: 'system/storage/postgres/import-ledger.ts',
        find: `  const results = await appendWithin(client, requests, place);
`,
        replace: `  await client.query('update imports set next_line = $2 where import = $1', [id, batch.nextLine]);
  await client.query('commit; select pg_sleep(0.15); begin');
  await client.query('update imports set next_line = $2 where import = $1', [id, batch.fromLine]);
  const results = await appendWithin(client, requests, place);
`,
      },
      {
        // Its own commits take long by this, and events wait for those that are lost: it would give way until the time of the fault is over.
        file: 'scenarios/backfill-under-load.ts',
        find: "  set: 'extra',\n",
        replace: "  set: 'extra',\n  needs: { settings: { FAULTLINE_IMPORT_COMMIT_MS: '1000', FAULTLINE_IMPORT_LAG_MS: '5000' } },\n",
      },
    ],
  },
  {
    name: 'import-does-not-give-way',
    defect: 'an import goes as fast as it can, whatever live traffic feels of it',
    scenario: 'backfill-under-load',
    exitCode: 1,
    namedBy: ['budget/freshness-p99@importing'],
    edits: [
      {
        file: 'system/recovery/import/import-runner.ts',
        find: 'const waitMs = isFull ? null : throttle.take(lines, endsAtMs - clock.nowMs());',
        replace: 'const waitMs = isFull ? null : 0 * (throttle.take(lines, Infinity) ?? 0);',
      },
      { file: 'scenarios/backfill-under-load.ts', find: 'lines: 5000', replace: 'lines: 200_000' },
    ],
  },
];
