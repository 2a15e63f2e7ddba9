// A bad release of a worker on a real database: what it alone fails on is its work, whatever else this worker fails on meanwhile.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDatabase, dropDatabase } from '../targets/database.ts';
import { badRelease } from './bad-release.ts';
import { openFaultWorld } from './testing/fault-world.ts';
import { openSmallDatabase, type SmallDatabase } from './testing/small-database.ts';
import { startSmallTarget } from './testing/small-target.ts';

const fault = {
  kind: 'bad-release',
  name: 'bad-release',
  at: { phase: 'fault', afterSeconds: 0 },
  role: 'worker',
  index: 0,
  seconds: 0.6,
} as const;

let url: string;
let small: SmallDatabase;
beforeAll(async () => {
  url = await createDatabase(inject('postgresUrl'), `fault_release_${process.pid}`);
  small = await openSmallDatabase(url);
  await small.pool.query('create table parked_events (worker text, processor text, reason_code text, reason_message text)');
});
afterAll(async () => {
  await small[Symbol.asyncDispose]();
  await dropDatabase(inject('postgresUrl'), url);
});

const release = {
  environment: { SMALL_WORKER_BAD_RELEASE: 'true' },
  failsWith: { processor: 'timelines', reason: 'handler_threw', message: 'this release knows no such event' },
} as const;
const failing = ['timelines', 'handler_threw', 'TypeError: this release knows no such event'] as const;

const strikeAt = async (failsWith: readonly string[] | null, deaf = false) => {
  await using world = await openFaultWorld();
  const others = failsWith === null ? {} : { SMALL_WORKER_FAILS_WITH: JSON.stringify(failsWith) };
  await using worker = await startSmallTarget({
    program: 'worker',
    environment: { SMALL_WORKER_DATABASE: url, ...others },
    deaf,
    parts: { query: small.target().query, badRelease: release },
  });
  return await badRelease(fault, world.context(worker.target));
};

test('what the release fails on is its effect, and that the worker fails on something else afterwards keeps nobody from seeing it healed', async () => {
  expect(await strikeAt(null)).toMatchObject({ tookEffect: true, healed: true });
  expect(await strikeAt(['timelines', 'handler_threw', 'TypeError: the handler cannot make sense of a paid'])).toMatchObject({
    tookEffect: true,
    healed: true,
  });
});

test.each([
  ['another processor', ['ledger', failing[1], failing[2]]],
  ['another reason', [failing[0], 'handler_timeout', failing[2]]],
  ['another message', [failing[0], failing[1], 'TypeError: the handler cannot make sense of a paid']],
])('a release that does nothing is not blamed for failures with %s', async (_what, failsWith) => {
  expect(await strikeAt(failsWith, true)).toMatchObject({ tookEffect: false, healed: true });
});
