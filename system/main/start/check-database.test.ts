import { describe, expect, test } from 'vitest';
import { fence } from '../ops/backup.ts';
import { withOpsClient } from '../ops/open-access-desk.ts';
import { OpsError } from '../ops/ops-error.ts';
import type { OpsSurroundings } from '../ops/surroundings.ts';
import { demandDatabase } from './check-database.ts';

const surroundings = {} as OpsSurroundings;

describe.each([
  [
    'a file that is not there',
    'postgresql://me:s3cret@127.0.0.1:1/db?sslrootcert=/nowhere.pem',
    /me@127\.0\.0\.1:1\/db.*ENOENT.*nowhere\.pem/,
  ],
  ['bytes that are no UTF-8', 'postgresql://m%e0:s3cret@127.0.0.1:1/db', /m%e0@127\.0\.0\.1:1\/db.*%25/],
  ['a % that stands for itself', 'postgresql://100%:s3cret@127.0.0.1:1/db', /100%@127\.0\.0\.1:1\/db.*ECONNREFUSED/],
])('an address with %s', (_what, databaseUrl, words) => {
  const place = { databaseUrl, data: null };

  test('is refused by npm start in words, without its password', async () => {
    const refused = await demandDatabase(databaseUrl).catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ code: 'FL_DATABASE_UNREACHABLE', message: expect.stringMatching(words) });
    expect((refused as Error).message).not.toContain('s3cret');
  });

  test.each([
    ['keys', () => withOpsClient(place, async () => 0)],
    ['backups', () => fence({ place, json: false, surroundings })],
  ])('is refused by the commands of %s in words', async (_commands, run) => {
    const refused = await run().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OpsError);
    expect((refused as Error).message).toMatch(words);
  });
});
