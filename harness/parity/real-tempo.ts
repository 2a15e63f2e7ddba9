// A real Tempo on ports of its own, for tests that compare: found on PATH. Everything it writes is in a temporary folder.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '../engine/clock.ts';

export type RealTempo = AsyncDisposable & {
  /** The query API. */
  readonly url: string;
  /** OTLP/HTTP. */
  readonly otlpUrl: string;
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** null: there is none. */
export const findTempo = (path: string): string | null =>
  path
    .split(delimiter)
    .map((folder) => join(folder, 'tempo'))
    .find(isProgram) ?? null;

const freePort = async (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const alone = { instance_addr: '127.0.0.1', kvstore: { store: 'inmemory' } };

/**
 * Tempo 3 hides the newest 30 s unless the cut-off is 0 and a lagging live store may answer. Every folder is named, and the rings stay in memory: by default
 * two on one machine share both.
 */
const configuration = (folder: string, http: number, grpc: number, otlp: number) => ({
  server: {
    http_listen_address: '127.0.0.1',
    http_listen_port: http,
    grpc_listen_address: '127.0.0.1',
    grpc_listen_port: grpc,
    log_level: 'warn',
  },
  distributor: { ring: alone, receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } } },
  query_frontend: { query_end_cutoff: '0s' },
  live_store: {
    ring: alone,
    fail_on_high_lag: false,
    max_trace_idle: '1s',
    flush_check_period: '1s',
    wal: { path: join(folder, 'live-store') },
    shutdown_marker_dir: join(folder, 'shutdown-marker'),
  },
  block_builder: { wal: { path: join(folder, 'block-builder') } },
  backend_scheduler: { local_work_path: join(folder, 'scheduler') },
  storage: { trace: { backend: 'local', wal: { path: join(folder, 'wal') }, local: { path: join(folder, 'blocks') } } },
  usage_report: { reporting_enabled: false },
});

const startWithinMs = 30_000;

const isReady = async (url: string): Promise<boolean> =>
  fetch(`${url}/ready`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ status }) => status === 200,
    () => false,
  );

const waitUntilReady = async (url: string, child: ChildProcess, saidSoFar: () => string): Promise<void> => {
  const deadline = systemClock.now() + startWithinMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || systemClock.now() > deadline)
      throw new Error(`tempo was not ready within ${startWithinMs / 1_000} s; it said: ${saidSoFar().slice(-2_000)}`);
    await systemClock.sleep(100);
  }
};

const stop = async (child: ChildProcess, folder: string): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    // It flushes for a long time when asked politely, and nothing of it is kept.
    child.kill('SIGKILL');
    await exited;
  }
  rmSync(folder, { recursive: true, force: true });
};

/** Throws what Tempo said, where it does not become ready. */
export const startTempo = async (program: string): Promise<RealTempo> => {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-tempo-'));
  const [http, grpc, otlp] = [await freePort(), await freePort(), await freePort()];
  const file = join(folder, 'tempo.yml');
  writeFileSync(file, stringify(configuration(folder, http, grpc, otlp)));
  const child = spawn(program, [`-config.file=${file}`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (said = `${said}${chunk.toString()}`.slice(-8_000)));
  const url = `http://127.0.0.1:${http}`;
  try {
    await waitUntilReady(url, child, () => said);
  } catch (error) {
    await stop(child, folder);
    throw error;
  }
  return { url, otlpUrl: `http://127.0.0.1:${otlp}`, [Symbol.asyncDispose]: async () => stop(child, folder) };
};
