// Read access to PostgreSQL for one request: each statement is bounded, measured and traced; what fails gets a code of the contract.
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { signals } from '../contract/signals.ts';
import type { StartedSpan } from '../telemetry/spans.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import { storageProblem } from './storage-problem.ts';

export type ReadDatabase = {
  /** `operation` names the statement in telemetry: verb and tables, never a value. */
  query<Row extends QueryResultRow>(operation: string, text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** All queries inside see one snapshot. */
  snapshot<Result>(read: (database: ReadDatabase) => Promise<Result>): Promise<Result>;
};

export type ReadDatabases = { under(span: StartedSpan): ReadDatabase };

export const createReadDatabases = (pool: Pool, { instruments, tracer }: Pick<Telemetry, 'instruments' | 'tracer'>): ReadDatabases => {
  const spans = tracer('faultline.query.database');
  const duration = instruments.histogram(signals.dbOperationDuration);

  const measured = async <Result>(parent: StartedSpan, operation: string, text: string, run: () => Promise<Result>): Promise<Result> => {
    const startedAtMs = performance.now();
    const span = spans.start(operation, {
      kind: 'client',
      parent: parent.context,
      attributes: () => ({ 'db.system.name': 'postgresql', 'db.operation.name': operation.split(' ', 1)[0] ?? '', 'db.query.text': text }),
    });
    const record = (failed: { 'error.type'?: string }) => {
      duration.record((performance.now() - startedAtMs) / 1000, { 'db.operation.name': operation, ...failed });
    };
    try {
      const result = await run();
      span.end();
      record({});
      return result;
    } catch (error) {
      const problem = storageProblem(error);
      span.end(error);
      record({ 'error.type': typeOf(error) });
      throw problem;
    }
  };

  const databaseOn = (parent: StartedSpan, runner: Pick<PoolClient, 'query'>): ReadDatabase['query'] => {
    return async <Row extends QueryResultRow>(operation: string, text: string, values: readonly unknown[] = []) => {
      const { rows } = await measured(parent, operation, text, () => runner.query<Row>(text, [...values]));
      return rows;
    };
  };

  const snapshot = async <Result>(parent: StartedSpan, read: (database: ReadDatabase) => Promise<Result>): Promise<Result> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw storageProblem(error);
    });
    const query = databaseOn(parent, client);
    let failed = true;
    try {
      await query('BEGIN', 'begin isolation level repeatable read read only');
      const result = await read({ query, snapshot: (inner) => inner({ query, snapshot: nested }) });
      await query('COMMIT', 'commit');
      failed = false;
      return result;
    } finally {
      // A connection in an unknown state is closed, not given to the next request.
      client.release(failed);
    }
  };

  return { under: (span) => ({ query: databaseOn(span, pool), snapshot: (read) => snapshot(span, read) }) };
};

const nested = () => Promise.reject(new Error('a snapshot inside a snapshot of a snapshot'));

const typeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : error instanceof Error
      ? error.name
      : 'unknown';
