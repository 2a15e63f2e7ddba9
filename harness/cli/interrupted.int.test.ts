// Ctrl-C before the stack is up: said as what it is, with the exit code of an interruption, and nothing is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePorts } from '../stack/free-ports.ts';
import { isAlive } from '../stack/process-identity.ts';
import { readRegistry } from '../stack/process-registry.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Programs that start and never become ready. */
const putPrograms = (): void => {
  for (const name of ['prometheus', 'tempo', 'loki']) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && exec echo "${name}, version 9.9.9"\nexec sleep 600\n`);
    chmodSync(path, 0o755);
  }
};

const portVariables = async (): Promise<Readonly<Record<string, string>>> => {
  const ports = await freePorts(4, Math.random);
  return Object.fromEntries(
    ['PROMETHEUS', 'TEMPO', 'LOKI', 'TEMPO_OTLP'].map((name, index) => [`FAULTLINE_${name}_PORT`, String(ports[index])]),
  );
};

test.each([[[]], [['--detach']]])(
  'stack up %j that is interrupted while it starts ends with 130, and takes down what has begun',
  { timeout: 90_000 },
  async (more) => {
    putPrograms();
    const parameters = ['up', '--runtime', 'native', '--without', 'grafana', '--folder', join(folder, 'stack'), ...more];
    const child = spawn(process.execPath, [join(import.meta.dirname, 'stack.ts'), ...parameters], {
      env: { ...process.env, ...(await portVariables()), PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin` },
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const closed = once(child, 'close');
    const recorded = () => readRegistry(join(folder, 'stack/logs/processes.ndjson'));
    const begun = () => ({ started: recorded().filter((entry) => entry.kind === 'process').length, exitCode: child.exitCode, said });
    await expect.poll(begun, { timeout: 50_000, interval: 20 }).toMatchObject({ started: 3, exitCode: null });
    child.kill('SIGINT');
    expect([await closed, said]).toEqual([
      [130, null],
      expect.stringMatching(/taking the telemetry stack down\n[^]*FL_INTERRUPTED: interrupted while the telemetry stack was starting/),
    ]);
    expect(said).not.toMatch(/^\s+at /m);
    expect(recorded().filter((entry) => (entry.kind === 'process' || entry.kind === 'harness') && isAlive(entry))).toEqual([]);
  },
);
