import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { demandNoPostmaster } from './postmaster-file.ts';

let cluster: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  cluster = await realpath(await mkdtemp(join(tmpdir(), 'faultline-postmaster-')));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(cluster, { recursive: true, force: true });
});

/** Runs the script in the cluster's folder, and gives the number that it prints. */
const pidOf = async (script: string): Promise<number> => {
  const child = spawn('/bin/sh', ['-c', script], { cwd: cluster, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return Number(String((await once(child.stdout, 'data'))[0]));
};

const demand = async (pid: number): Promise<readonly string[]> => {
  await writeFile(join(cluster, 'postmaster.pid'), `${pid}\n${cluster}\n1780000000\n5432\n`);
  const warnings: string[] = [];
  await demandNoPostmaster(cluster, (message) => warnings.push(message));
  return warnings;
};

describe.runIf(process.platform === 'linux')('the file of a server', () => {
  test('that runs in the cluster is no leftover, and its number is named', async () => {
    await expect(demand(await pidOf('echo $$; exec sleep 60'))).rejects.toMatchObject({
      code: 'FL_DATA_IN_USE',
      message: expect.stringMatching(/pid \d+, port 5432/),
    });
    expect(await readdir(cluster)).toEqual(['postmaster.pid']);
  });

  test('that has ended goes, also where nobody waits for the dead, as in a container without an init', async () => {
    // The child ends once the shell has become a program that does not look after it.
    const child = `sh -c 'until [ "$(cat /proc/$PPID/comm)" = sleep ]; do :; done'`;
    const dead = await pidOf(`${child} & echo $!; exec sleep 60`);
    await expect.poll(() => readFile(`/proc/${dead}/stat`, 'utf8'), { timeout: 10_000 }).toContain(') Z ');
    expect(await demand(dead)).toEqual([expect.stringContaining(`(pid ${dead}) ended without stopping; it recovers now`)]);
    expect(await readdir(cluster)).toEqual([]);
  });

  test('whose number has gone to another process goes', async () => {
    expect(await demand(process.pid)).toHaveLength(1);
    expect(await readdir(cluster)).toEqual([]);
  });
});
