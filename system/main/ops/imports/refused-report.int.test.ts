import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../api.ts';
import { OpsError } from '../ops-error.ts';
import { demandReportPlace, writeRefusedReport } from './refused-report.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-report-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Of a file of two lines, of which the server refused the second. */
const write = (file: string) => {
  const refused = [{ line: 2, code: 'idempotency_conflict', place: '/id', reason: 'another body' }];
  const api = { get: async () => ({ refused, next_cursor: null }) } as unknown as Api;
  const event = `{"system_name":"shop","object_id":"o","event_name":"paid","event_time":"2020-01-02T03:04:05Z","metadata":{}}`;
  const source = {
    name: 'f',
    pieces: async function* () {
      yield Buffer.from(`${event}\n${event}\n`);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return writeRefusedReport(api, 'f', { source, header: null, options: { format: 'ndjson', mapping: null, nowMs: () => 0 }, file });
};

test('a report has each refused line, for its owner alone', async () => {
  const file = join(folder, 'report');
  expect(await write(file)).toBe(1);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ line: 2, code: 'idempotency_conflict', raw: expect.any(String) });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.each([
  ['in a folder that is not there', ['none', 'report'], 'ENOENT'],
  ['below a file', ['file', 'report'], 'ENOTDIR'],
  ['that is a folder', [], /EISDIR|is a folder/],
])('one %s is refused with what to do, before and at its time', async (_which, path, words) => {
  await writeFile(join(folder, 'file'), '');
  const place = join(folder, ...path);
  for (const ask of [demandReportPlace, write]) {
    const error: unknown = await ask(place).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpsError);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).toMatch(/ Name a file in a folder that is there and yours with --report\.$/);
  }
});

test('a place that is free, and one that has a report already, are taken', async () => {
  await writeFile(join(folder, 'before'), '');
  for (const name of ['before', 'free']) await expect(demandReportPlace(join(folder, name))).resolves.toBeUndefined();
});
