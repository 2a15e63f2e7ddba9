// The native runtime on programs that are made up: what dies, what stays behind. And on the real ones, where they are on PATH.
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../engine/clock.ts';
import { isAlive } from '../process-identity.ts';
import { createRegistry, type ProcessRegistry, readRegistry } from '../process-registry.ts';
import { startNative } from './start-native.ts';

let folder = '';
let registry: ProcessRegistry;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  registry = createRegistry(join(folder, 'processes.ndjson'), 'run-1', () => 0);
});
afterEach(() => {
  registry[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const put = (name: string, script: string): void => {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && exec echo "${name}, version 9.9.9"\n${script}\n`);
  chmodSync(path, 0o755);
};

const start = (environment: Readonly<Record<string, string | undefined>>) =>
  startNative({
    registry,
    logFolder: join(folder, 'logs'),
    signal: new AbortController().signal,
    clock: systemClock,
    environment,
    ruleFiles: [],
    without: ['grafana'],
  });

const left = () => ({
  processes: readRegistry(registry.file).filter((entry) => entry.kind === 'process' && isAlive(entry)),
  folders: readRegistry(registry.file).filter((entry) => entry.kind === 'folder' && existsSync(entry.path)),
});

test('a part that dies ends the start, its last words are told, and nothing is left of the others', async () => {
  put('prometheus', 'exec sleep 600');
  put('tempo', 'exec sleep 600');
  put('loki', 'echo "field no_such_key not found" >&2; exit 1');
  await expect(start({ PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin` })).rejects.toThrow(
    /loki ended with code 1 before it was ready; its log is \S+\nfield no_such_key not found/,
  );
  expect(readRegistry(registry.file).filter(({ kind }) => kind === 'process')).toHaveLength(3);
  expect(left()).toEqual({ processes: [], folders: [] });
});

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((place) => place !== '' && existsSync(join(place, name)));
const haveAll = ['prometheus', 'tempo', 'loki'].every(onPath);

test.skipIf(!haveAll)(
  'the real ones answer for what they were sent, count what they drop, and are gone afterwards',
  { timeout: 120_000 },
  async () => {
    const stack = await start(process.env);
    expect(Object.keys(stack.readyAfterMs).toSorted()).toEqual(['loki', 'prometheus', 'round trip', 'tempo']);
    expect(stack.processes.map(({ role }) => role)).toEqual(['prometheus', 'tempo', 'loki']);
    expect(await stack.dropped(0)).toBe(0);
    expect(readdirSync(join(folder, 'logs')).toSorted()).toEqual(['loki.log', 'prometheus', 'prometheus.log', 'tempo.log']);
    await stack[Symbol.asyncDispose]();
    expect(left()).toEqual({ processes: [], folders: [] });
  },
);
