// Defects of what operators ask for while everything goes on: rebuilds, erasures, replays. Planted with those of the other scenarios outside of the default set.
import type { SelftestCase } from './case.ts';

export const recoveryMutations: readonly SelftestCase[] = [
  {
    name: 'switched-too-early',
    defect: 'a read model is switched to whatever it lacks: not compared, behind, and without waiting for what the old one has shown',
    scenario: 'rebuild-under-load',
    exitCode: 1,
    namedBy: ['expectation/monotonic-reads', 'expectation/stale-reads'],
    edits: [
      {
        file: 'system/storage/postgres/rebuild/rebuild-desk.ts',
        find: 'if (lagMs <= freshnessBudgetMs) return null;',
        replace: 'if (lagMs >= 0) return null;',
      },
      {
        file: 'system/storage/postgres/rebuild/rebuild-desk.ts',
        find: 'return reason === null ? null : unlessForced(asked, new Refused(newer.version, reason));',
        replace: 'return reason !== undefined ? null : unlessForced(asked, new Refused(newer.version, reason));',
      },
      {
        file: 'system/storage/postgres/rebuild/serve-version.ts',
        find: 'if (events === 0 || nowMs() >= endsAtMs) return events;',
        replace: 'if (events === 0 || nowMs() <= endsAtMs) return 0;',
      },
    ],
  },
  {
    name: 'erased-by-its-own-word',
    defect: 'a processor takes what is left of an erased event for an event, and an erasure is called done though its search found that',
    scenario: 'erasure-during-replay',
    exitCode: 1,
    namedBy: ['expectation/erased-everywhere'],
    edits: [
      {
        file: 'system/contract/erased.ts',
        find: 'body === erasedBody;',
        replace: 'body === erasedName;',
      },
      {
        file: 'system/storage/postgres/erasure/erasure-step.ts',
        find: 'if (left.length === 0) {',
        replace: 'if (left.length >= 0) {',
      },
    ],
  },
  {
    name: 'erases-too-much',
    defect: 'with an object that is to be erased goes the next one, whole: from the log, the read models and the books, and with a proof',
    scenario: 'erasure-during-replay',
    exitCode: 1,
    namedBy: ['safety/erased-unasked'],
    edits: [
      {
        file: 'system/storage/postgres/erasure/erasure-desk.ts',
        find: 'select $1, $2, $3, $4, $5, $6, $7, $8,',
        replace: 'select $1, o.system_name, o.object_id, $4, $5, $6, case when o.object_id = $3 then $7 else gen_random_uuid() end, $8,',
      },
      {
        file: 'system/storage/postgres/erasure/erasure-desk.ts',
        find: 'from lanes group by lane) as l)',
        replace: `from lanes group by lane) as l)
  from (select distinct system_name, object_id from events where tenant = $1 and (system_name, object_id) >= ($2, $3) order by 1, 2 limit 2) as o`,
      },
    ],
  },
  {
    name: 'replayed-as-it-came',
    defect: 'a dead letter that was mended is replayed with the body that it came with',
    scenario: 'dead-letters-replayed',
    exitCode: 1,
    namedBy: ['expectation/replayed-as-asked'],
    edits: [
      {
        file: 'system/storage/postgres/lane-reads.ts',
        find: "eventColumns.replace(' body,', ' coalesce(fixed_body, body) as body,')",
        replace: "eventColumns.replace(' body,', ' coalesce(body, fixed_body) as body,')",
      },
    ],
  },
  {
    name: 'replayed-all-at-once',
    defect: 'a replay does not keep to the rate that was asked for',
    scenario: 'dead-letters-replayed',
    exitCode: 1,
    namedBy: ['expectation/replayed-as-asked'],
    edits: [
      {
        file: 'system/storage/postgres/recovery-store.ts',
        find: 'and c.started_at is null and c.due_at <= clock_timestamp()',
        replace: 'and c.started_at is null and c.due_at is not null',
      },
    ],
  },
];
