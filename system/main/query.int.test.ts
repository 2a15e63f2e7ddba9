import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../storage/postgres/testing.ts';

const program = fileURLToPath(new URL('./query.ts', import.meta.url));

type Line = { readonly event_name?: string; readonly attributes: Readonly<Record<string, string>> };

const run = (environment: Record<string, string>) => {
  const child = execa(process.execPath, [program], {
    env: { ...environment, FAULTLINE_EXIT_WITH_PARENT: 'true' },
    stdin: 'pipe',
    reject: false,
    buffer: false,
  });
  const first = new Promise<Line>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Line));
    child.then(({ exitCode }) => reject(new Error(`it ended with ${exitCode} and said nothing`)), reject);
  });
  return { child, first };
};

it('says where it answers, answers, and ends with 0 on SIGTERM', async () => {
  await using database = await createTestDatabase();
  const { child, first } = run({ DATABASE_URL: database.url });
  const ready = await first;
  expect(ready).toMatchObject({ event_name: 'faultline.process.ready', attributes: { process: 'query', pid: child.pid } });
  const address = ready.attributes['address'];
  expect((await fetch(`${address}/ready`)).status).toBe(200);
  expect(await (await fetch(`${address}/events`)).json()).toEqual({ events: [], next_cursor: null });
  child.kill('SIGTERM');
  expect((await child).exitCode).toBe(0);
});

it('refuses with a code and exit 3 where the database is not reachable', async () => {
  const { child, first } = run({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });
  expect(await first).toMatchObject({ event_name: 'faultline.process.refused', attributes: { code: 'FL_DATABASE_UNREACHABLE' } });
  expect((await child).exitCode).toBe(3);
});

it('refuses a taken port and names who has it', async () => {
  await using database = await createTestDatabase();
  const one = run({ DATABASE_URL: database.url });
  const port = new URL((await one.first).attributes['address'] ?? '').port;
  const two = run({ DATABASE_URL: database.url, FAULTLINE_PORT: port });
  const refused = await two.first;
  expect(refused).toMatchObject({ event_name: 'faultline.process.refused', attributes: { code: 'FL_PORT_TAKEN' } });
  expect(refused.attributes['message']).toContain(`pid ${one.child.pid}`);
  one.child.kill('SIGTERM');
  expect([(await two.child).exitCode, (await one.child).exitCode]).toEqual([3, 0]);
});
