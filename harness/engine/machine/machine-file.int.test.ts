import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { readMachineFile } from './machine-file.ts';
import { startMachineSampler } from './sampler.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-machine-test-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const sampled = async (): Promise<string> => {
  const path = join(folder, 'machine.ndjson');
  const seen = Promise.withResolvers<void>();
  const processes = () => [{ role: 'test', pid: process.pid }];
  await using _sampler = startMachineSampler({ path, clock: systemClock, processes, onSample: () => seen.resolve() });
  await seen.promise;
  return path;
};

test('samples that were ended have a last line; a file that was cut at a line or within one, or that lost a line, is seen as cut', async () => {
  const path = await sampled();
  const whole = await readMachineFile(path);
  expect(whole.complete).toBe(true);
  expect(whole.samples[0]?.processes).toMatchObject([{ role: 'test', pid: process.pid }]);
  const text = await readFile(path, 'utf8');
  const lines = text.trimEnd().split('\n');
  const read = async (content: string) => {
    await writeFile(path, content);
    return (await readMachineFile(path)).complete;
  };
  expect(await read(`${lines.slice(0, -1).join('\n')}\n`)).toBe(false);
  expect(await read(text.slice(0, -5))).toBe(false);
  expect(await read(`${lines.slice(1).join('\n')}\n`)).toBe(false);
  expect(await read('')).toBe(false);
  expect(await read(text)).toBe(true);
});
