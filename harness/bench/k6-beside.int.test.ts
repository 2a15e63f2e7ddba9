// A program in the place of k6, which is interrupted or is not there: told as a rejection that somebody waits for, with nothing left running.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processState } from '../stack/process-identity.ts';
import { runK6Beside } from './k6-beside.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const run = { origin: 'http://127.0.0.1:9', ratePerSecond: 100, settleSeconds: 0, seconds: 1, usersAhead: 10, users: 10 };

test('an interruption ends the program, and is a rejection of the one who waits for it', async () => {
  const program = join(folder, 'k6');
  writeFileSync(program, `#!/bin/sh\necho $$ > "${folder}/pid"\nexec sleep 600\n`);
  chmodSync(program, 0o755);
  const interrupted = new AbortController();
  const running = runK6Beside(program, run, interrupted.signal);
  const pidOf = (): number => Number(readFileSync(join(folder, 'pid'), 'utf8'));
  await expect.poll(pidOf).toBeGreaterThan(0);
  interrupted.abort(new Error('interrupted'));
  await expect(running).rejects.toThrow('aborted');
  await expect.poll(() => processState(pidOf())).toBeNull();
});

test('a program that is not there is a rejection too', async () => {
  await expect(runK6Beside(join(folder, 'none'), run, new AbortController().signal)).rejects.toThrow('ENOENT');
});
