// For integration tests of a team's own processors: one that misbehaves where an event asks for it, its books and its rows.
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import {
  eventually,
  patient,
  type TestEvent,
  type WorkerDatabase,
  type WorkerEnvironment,
  type WorkerProcess,
} from '../../workers/testing.ts';

export const ledger = fileURLToPath(new URL('./fixtures/ledger.ts', import.meta.url));
/** Its events ask the handler of timelines for nothing. */
export const quickLedger: WorkerEnvironment = { FAULTLINE_LEASE_MS: '800', FAULTLINE_PROCESSORS: ledger, FAULTLINE_TIMELINE_HANDLER: '' };
export const withLedger: WorkerEnvironment = { ...quickLedger, ...patient };

export const paid = (count: number, key = 'plain'): TestEvent[] =>
  Array.from({ length: count }, (_, index) => ({ key: `${key}-${index % 10}`, name: 'paid', metadata: { value: index } }));

export type Row = {
  position: number;
  head: number;
  applied: number;
  ignored: number;
  parked: number;
  discarded: number;
  skipped: number;
  shed: number;
  drop: number;
};

/** The books of a version of the ledger, lanes summed. */
export const booksOf = async (database: WorkerDatabase, version = 1): Promise<Row> => {
  const [row] = await database.rows<Row>(
    `select sum(c.position)::int as position, sum(l.head)::int as head, sum(applied)::int as applied, sum(ignored)::int as ignored, sum(parked)::int as parked,
            sum(discarded)::int as discarded, sum(skipped)::int as skipped, sum(shed)::int as shed,
            sum(c.position - applied - ignored - parked - pending - discarded - skipped - shed)::int as drop
     from checkpoints c join lanes l using (lane) where processor = 'ledger' and version = $1`,
    [version],
  );
  expect(row?.drop ?? 0).toBe(0);
  return row!;
};
export const passed = (database: WorkerDatabase, version = 1) =>
  eventually(
    () => booksOf(database, version),
    ({ position, head }) => position === head && head > 0,
    50_000,
  );
export const entries = (database: WorkerDatabase, version = 1) =>
  database.rows<{ object_id: string; event_name: string; value: number | null; token: string }>(
    `select object_id, event_name, value, token from own_ledger_v${version}__entries order by entry`,
  );
export const dead = (database: WorkerDatabase) =>
  database.rows<{ object_id: string; reason_code: string; attempts: number }>(
    `select object_id, reason_code, attempts from dead_letters where processor = 'ledger' order by object_id`,
  );

/** Gives its leases back: the next one has them at once. */
export const stopped = async (worker: WorkerProcess) => {
  worker.signal('SIGTERM');
  expect(await worker.exited).toBe(0);
};
