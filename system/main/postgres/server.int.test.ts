import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openServer } from './open-server.ts';
import { type ServerRecord } from './server-log.ts';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'faultline-server-')));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Opens a server whose program is the script: `say STATUS` writes postmaster.pid as PostgreSQL does. */
const open = async (script: string, startTimeoutMs: number, signal = new AbortController().signal) => {
  const pidFile = join(folder, 'postmaster.pid');
  const say = `say() { printf '%s\\n' $$ ${folder} 1780000000 5432 '' 127.0.0.1 '1 2' "$1" > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; }`;
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/postgres'), `#!/bin/sh\ncd ${folder}\n${say}\n${script}\n`, { mode: 0o700 });
  const records: ServerRecord[] = [];
  const binaries = { folder, version: '18.4', major: 18 };
  const options = { binaries, account: null, cluster: folder, port: 0, settings: {}, startTimeoutMs, tellEveryMs: 800 };
  const opened = openServer({ ...options, log: (record) => void records.push(record) }, signal);
  return { opened, records };
};

describe.runIf(process.platform !== 'win32')('a server that starts', () => {
  test('may recover for longer than it may start, and this is said', async () => {
    const { opened, records } = await open(`trap 'exit 0' INT; say starting; sleep 5; say ready; while :; do sleep 0.1; done`, 2500);
    const server = await opened;
    expect(records.length).toBeGreaterThanOrEqual(2);
    expect(records[0]).toEqual({ severity: 'WARN', body: expect.stringMatching(/recovers .* for \d\.\d s/) });
    expect(await server.stop('fast')).toEqual({ code: 0, signal: null });
  });

  test('and says nothing of itself is given up', async () => {
    const { opened } = await open(`trap 'exit 0' QUIT; while :; do sleep 0.1; done`, 1000);
    await expect(opened).rejects.toMatchObject({
      code: 'FL_POSTGRES_FAILED',
      message: expect.stringContaining('not ready within 1000 ms'),
    });
  });

  test('is stopped in order where it is told to stop while it recovers', async () => {
    const stopping = new AbortController();
    const script = `trap 'say stopped; exit 0' INT; say starting; while :; do sleep 0.1; done`;
    const { opened, records } = await open(script, 20_000, stopping.signal);
    await expect.poll(() => records.length).toBeGreaterThan(0);
    stopping.abort(new Error('told to stop'));
    await expect(opened).rejects.toThrow('told to stop');
  });
});
