// For integration tests: an operator's desk on a database, the query API and the command line before it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { noKeys } from '../../access/testing.ts';
import { createOperatePool } from '../../query/create-operate-pool.ts';
import { createReadPool } from '../../query/create-read-pool.ts';
import { createQueryServer } from '../../query/query-server.ts';
import { createConsumerDesk } from '../../storage/postgres/consumer-desk.ts';
import { createErasureDesk } from '../../storage/postgres/erasure/erasure-desk.ts';
import { createRebuildDesk } from '../../storage/postgres/rebuild/rebuild-desk.ts';
import { createSchemaDesk } from '../../storage/postgres/schema-desk.ts';
import { createRecoveryDesk } from '../../storage/postgres/recovery-desk.ts';
import { startTelemetry } from '../../telemetry/start-telemetry.ts';

const program = fileURLToPath(new URL('../ops.ts', import.meta.url));

export type Ran = { readonly exitCode?: number | undefined; readonly stdout: string; readonly stderr: string };

export const startDesk = async (database: { readonly url: string }) => {
  const lines: string[] = [];
  const telemetry = await startTelemetry({
    process: 'query',
    instance: 'query-test',
    environment: {},
    write: (line) => void lines.push(line),
  });
  const pool = createReadPool({ databaseUrl: database.url, applicationName: 'faultline-test', onError: () => {} });
  const operating = createOperatePool({ databaseUrl: database.url, applicationName: 'faultline-test-operate', onError: () => {} });
  const times = { nowMs: () => Date.now(), sleep: (delayMs: number) => sleep(delayMs) };
  const rebuilds = createRebuildDesk({ pool: operating, freshnessBudgetMs: 250, ...times });
  const bounds = { mostReaders: 1, bufferBytes: 65_536, slowMs: 1000, limitSeconds: 10 };
  const app = createQueryServer({
    pool,
    desk: createRecoveryDesk(operating),
    schemaDesk: createSchemaDesk(operating),
    rebuilds,
    erasures: createErasureDesk(operating),
    keys: noKeys,
    telemetry,
    consumers: { desk: createConsumerDesk(operating), pool, bounds },
    exports: { pool, bounds },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'faultline-ops-'));
  const ops = async (...parameters: readonly string[]): Promise<Ran> =>
    execa(process.execPath, [program, '--url', url, ...parameters], { reject: false, timeout: 40_000 });
  const post = async (path: string, body: Record<string, unknown>) => {
    const request = { requested_by: 'test', why: 'a test', ...body };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(request) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return {
    url,
    lines,
    ops,
    post,
    get: async <Answer>(path: string): Promise<Answer> => (await fetch(`${url}${path}`)).json() as Promise<Answer>,
    /** The file of a fix. */
    rules: async (rules: unknown) => {
      const file = join(folder, 'fix.json');
      await writeFile(file, JSON.stringify(rules));
      return file;
    },
    ask: (body: Record<string, unknown>) => post('/recovery/jobs', body),
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await Promise.all([pool.end(), operating.end(), telemetry.shutdown(), rm(folder, { recursive: true, force: true })]);
    },
  };
};

export type Desk = Awaited<ReturnType<typeof startDesk>>;
