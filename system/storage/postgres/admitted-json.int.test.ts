// What admission lets in, the database can read: its text is cast as it came.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admit, isRefusal } from '../../ingest/admit.ts';
import { createTestDatabase } from './testing.ts';
import { createTestPool } from './testing-pool.ts';

const delivery = { tenant: 'default', receivedAtMs: 0, headerKey: null, newIdentity: () => 'new' };

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const numbers = ['1', '1e400', '-1E-400', '1e401', '1e999999', '1e-99999', '9'.repeat(2000), '9'.repeat(200_000)];
const escapes = ['\\u0000', '\\\\u0000', '\\ud800', '\\ud83d\\ude00', '\\ude00\\ud83d'];
const strings = escapes.map((text) => `"${text}"`);
const objects = escapes.map((text) => `{"${text}":1}`);
const piece = fc.constantFrom(...numbers, ...strings, ...objects, nested(61), nested(64), nested(20_000));
const object = fc.array(fc.tuple(fc.constantFrom('a', 'b'), piece), { minLength: 1, maxLength: 4 });

test('any metadata that is admitted, with keys given twice, is read by the database', async () => {
  await using undo = new AsyncDisposableStack();
  const database = undo.use(await createTestDatabase());
  const pool = undo.adopt(createTestPool(database.url, 1), (opened) => opened.end());
  const readable = async (text: string): Promise<boolean> => {
    const { rows } = await pool.query<{ there: boolean }>(`select ($1::jsonb)->'metadata' is not null as there`, [text]);
    return rows[0]!.there;
  };
  const seen = { admitted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(object, async (members) => {
      const metadata = `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
      const text = `{"system_name":"s","object_id":"o","event_name":"n","event_time":"t","metadata":${metadata}}`;
      const isRefused = isRefusal(admit(Buffer.from(text), delivery));
      seen[isRefused ? 'refused' : 'admitted'] += 1;
      expect(isRefused || (await readable(text))).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(10);
});
