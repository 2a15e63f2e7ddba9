// What `status`, `down` and `up` make of the file in which a running stack is written down.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf } from '../stack/process-identity.ts';
import { endpointsAt } from '../stack/running-stack.ts';
import { findStack, type StackState, stateFile, writeState } from './stack-state.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const stateOf = (keeper: StackState['keeper']): StackState => ({
  format: 1,
  runtime: 'embedded',
  endpoints: endpointsAt('http://127.0.0.1:1'),
  versions: {},
  processes: [],
  warnings: [],
  keeper,
  startedAt: '2026-01-01T00:00:00Z',
});

test('a stack runs while its keeper does, by number and start', async () => {
  const self = identityOf(process.pid)!;
  await writeState(folder, stateOf(self));
  expect(await findStack(folder)).toMatchObject({ kind: 'running', state: { keeper: self } });
  await writeState(folder, stateOf({ ...self, startTime: 'another' }));
  expect((await findStack(folder)).kind).toBe('ended');
});

test('without a file, and with one that was cut, there is none', async () => {
  expect(await findStack(folder)).toEqual({ kind: 'none' });
  writeFileSync(stateFile(folder), '{"format": 1, ');
  expect(await findStack(folder)).toEqual({ kind: 'none' });
});

test.each(['null', '[]', '{}', '{"format":2}', '{"format":1,"keeper":7}'])(
  '%s is not taken for a stack, nor for none: what it speaks of may run',
  async (text) => {
    writeFileSync(stateFile(folder), text);
    await expect(findStack(folder)).rejects.toMatchObject({
      code: 'FL_STACK_FAILED',
      message: expect.stringMatching(/stack\.json is not what this version writes.*remove it/),
    });
  },
);

test('a folder that is a file is said to be none that can be used', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(findStack(join(folder, 'file'))).rejects.toMatchObject({ code: 'FL_FOLDER_NOT_WRITABLE' });
});
