// `npm run stack` as people use it, with the embedded runtime on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, signalProcess } from '../stack/process-identity.ts';
import { findStack, type StackState } from './stack-state.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))));
afterEach(async () => {
  await command('down');
  rmSync(folder, { recursive: true });
});

const program = join(import.meta.dirname, 'stack.ts');

const command = async (...parameters: string[]): Promise<{ readonly code: number; readonly said: string }> => {
  const child = spawn(process.execPath, [program, ...parameters, '--folder', folder]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
};

const runningState = async (): Promise<StackState> => {
  const found = await findStack(folder);
  if (found.kind !== 'running') throw new Error(`nothing runs: ${readFileSync(join(folder, 'keeper.log'), 'utf8')}`);
  return found.state;
};

test('up --detach, status and down', { timeout: 60_000 }, async () => {
  expect(await command('status')).toEqual({ code: 1, said: 'No stack is up. Start one with: npm run stack -- up\n' });
  const up = await command('up', '--detach', '--port', '0');
  expect([up.code, up.said]).toEqual([0, expect.stringContaining('export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:')]);
  const { endpoints, keeper, processes } = await runningState();
  expect(await (await fetch(`${endpoints.prometheus}/ready`)).text()).toBe('ready\n');
  expect(await command('status')).toMatchObject({ code: 0, said: expect.stringMatching(/stack +http:\S+ +answers/) as string });
  expect(await command('up', '--port', '0')).toMatchObject({ code: 3, said: expect.stringContaining('is up already') as string });

  const { pid } = processes.find(({ role }) => role === 'stack')!;
  process.kill(pid, 'SIGSTOP');
  expect(await command('status')).toMatchObject({ code: 1, said: expect.stringContaining('DOES NOT ANSWER') as string });
  process.kill(pid, 'SIGCONT');

  expect(await command('down')).toEqual({ code: 0, said: 'The embedded stack is down.\n' });
  expect(isAlive(keeper)).toBe(false);
  await expect(fetch(`${endpoints.prometheus}/ready`)).rejects.toThrow('fetch failed');
});

test('one whose keeper was killed is not said to run, and is gone', { timeout: 60_000 }, async () => {
  await command('up', '--detach', '--port', '0');
  const { keeper, endpoints } = await runningState();
  signalProcess(keeper, 'SIGKILL');
  await expect.poll(() => fetch(`${endpoints.prometheus}/ready`).catch(() => 'gone'), { timeout: 20_000 }).toBe('gone');
  expect(await command('status')).toMatchObject({ code: 1, said: expect.stringContaining('ended without being told to') as string });
  expect(await command('down')).toEqual({ code: 0, said: 'The embedded stack had ended already.\n' });
});

test('a start that fails is told with what was said', { timeout: 60_000 }, async () => {
  await command('up', '--detach', '--port', '0');
  const { port } = new URL((await runningState()).endpoints.prometheus);
  const second = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  const child = spawn(process.execPath, [program, 'up', '--detach', '--port', port, '--folder', second]);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await once(child, 'close')).toEqual([3, null]);
  expect(said).toContain(`port ${port} of 127.0.0.1 is taken`);
  rmSync(second, { recursive: true });
});
