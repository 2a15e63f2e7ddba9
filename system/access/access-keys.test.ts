import { expect, test } from 'vitest';
import { createAccessKeys, openAccess } from './access-keys.ts';
import type { AccessTable } from './access-table.ts';
import { makeApiKey } from './api-key.ts';
import { makeTestKey, tenantsOf, type TestKey } from './testing.ts';

const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Keys of a database that a test changes and takes away, on a clock that moves by hand. Life: 10 s, read every 2 s. */
const start = async (given: { readonly keys?: readonly TestKey[]; readonly areRequired?: boolean } = {}) => {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const state = { table: null as AccessTable | null, isAway: false, reads: 0, failures: 0, held: Promise.resolve() };
  const keep = (keys: readonly TestKey[]) => {
    const version = (state.table?.version ?? 0) + 1;
    state.table = {
      version,
      hasKeys: keys.length > 0 || state.table?.hasKeys === true,
      keys: new Map(keys.map(({ kept }) => [kept.keyId, kept])),
      tenants: tenantsOf(keys),
    };
  };
  keep(given.keys ?? []);
  const keys = await createAccessKeys({
    read: async (version) => {
      state.reads += 1;
      if (state.isAway) throw new Error('away');
      const { table, held } = state;
      await held;
      return version === table!.version ? null : table;
    },
    areRequired: given.areRequired ?? false,
    lifeMs: 10_000,
    nowMs: () => nowMs,
    dateMs: () => nowMs,
    after: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return { [Symbol.dispose]: () => void (timers = timers.filter((other) => other !== timer)) };
    },
    onFailure: () => void (state.failures += 1),
  });
  const advance = async (byMs: number) => {
    const untilMs = nowMs + byMs;
    for (;;) {
      await settle();
      const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      timers = timers.filter((other) => other !== next);
      nowMs = Math.max(nowMs, next.atMs);
      next.run();
    }
    nowMs = untilMs;
    await settle();
  };
  return { keys, state, keep, advance };
};

const refused = (code: string) => expect.objectContaining({ refused: code });

test('as long as there is no key, nobody needs one; from the first on, all do', async () => {
  const { keys, keep, advance } = await start();
  expect(keys.demand(null, 'operate')).toBe(openAccess);
  expect(keys.demand('anything', 'ingest')).toBe(openAccess);
  keep([makeTestKey('shop', ['read'])]);
  await advance(2000);
  expect(keys.demand(null, 'operate')).toEqual(refused('unauthenticated'));
});

test('a key that is given is looked at also before the door knows of any: the first one counts at once', async () => {
  const { keys, keep, advance } = await start();
  const first = makeTestKey('shop', ['ingest']);
  keep([first]);
  const answers = Promise.all([first.text, makeApiKey().text].map(async (text) => keys.demand(text, 'ingest')));
  await advance(300);
  expect(await answers).toEqual([expect.objectContaining({ tenant: 'shop' }), refused('unauthenticated')]);
});

test('where keys are required, nobody comes in before there is one', async () => {
  const { keys } = await start({ areRequired: true });
  expect(keys.demand(null, 'read')).toEqual(refused('unauthenticated'));
});

test('a key gives its tenant, and what it has no scope for is forbidden; both at once, without asking', async () => {
  const key = makeTestKey('shop', ['ingest', 'read']);
  const { keys, state } = await start({ keys: [key] });
  expect(keys.demand(key.text, 'ingest')).toMatchObject({ tenant: 'shop', keyId: key.kept.keyId });
  expect(keys.demand(key.text, 'operate')).toEqual(refused('forbidden'));
  expect(state.reads).toBe(1);
});

test('another secret under a known id is refused without asking, and so is what is no key at all', async () => {
  const key = makeTestKey('shop', ['ingest']);
  const { keys, state } = await start({ keys: [key] });
  const forged = `${key.text.slice(0, -43)}${'A'.repeat(43)}`;
  for (const text of [forged, '', 'nonsense', `${key.text}x`]) expect(keys.demand(text, 'ingest')).toEqual(refused('unauthenticated'));
  expect(state.reads).toBe(1);
});

test('no refusal says anything of a secret', async () => {
  const key = makeTestKey('shop', ['ingest']);
  const { keys } = await start({ keys: [key] });
  const said = JSON.stringify([keys.demand(key.text, 'read'), keys.demand(`${key.text}x`, 'read')]);
  expect(said).not.toContain(key.text.slice(-43));
});

test('a key that was just made is known when it comes, and many that are not known ask once', async () => {
  const first = makeTestKey('shop', ['ingest']);
  const { keys, keep, state, advance } = await start({ keys: [first] });
  await advance(1000);
  const made = makeTestKey('bank', ['ingest']);
  keep([first, made]);
  const answers = Promise.all([made.text, makeApiKey().text, makeApiKey().text].map(async (text) => keys.demand(text, 'ingest')));
  await advance(0);
  expect(await answers).toEqual([expect.objectContaining({ tenant: 'bank' }), refused('unauthenticated'), refused('unauthenticated')]);
  expect(state.reads).toBe(2);
});

test('a key that was made while a read is under way is known when it comes', async () => {
  const { keys, keep, state, advance } = await start({ areRequired: true });
  const letGo = Promise.withResolvers<void>();
  state.held = letGo.promise;
  await advance(2000);
  expect(state.reads).toBe(2);
  const made = makeTestKey('bank', ['ingest']);
  keep([made]);
  await advance(100);
  const answer = keys.demand(made.text, 'ingest');
  await advance(100);
  letGo.resolve();
  await advance(300);
  expect(await answer).toMatchObject({ tenant: 'bank' });
  expect(state.reads).toBe(3);
});

test('unknown keys, however many, make the database be asked four times a second', async () => {
  const { keys, state, advance } = await start({ keys: [makeTestKey('shop', ['ingest'])] });
  const answers: unknown[] = [];
  for (let n = 0; n < 100; n += 1) {
    void Promise.resolve(keys.demand(makeApiKey().text, 'ingest')).then((answer) => answers.push(answer));
    await advance(10);
  }
  await advance(300);
  expect(answers).toHaveLength(100);
  expect(state.reads).toBeLessThanOrEqual(7);
});

test('from memory alone it is said who is known, without the database being asked about others', async () => {
  const key = makeTestKey('shop', ['ingest']);
  const { keys, state, advance } = await start({ keys: [key] });
  expect(keys.known(key.text, 'ingest')).toMatchObject({ tenant: 'shop' });
  expect([keys.known(null, 'ingest'), keys.known('no key', 'ingest')]).toEqual([refused('unauthenticated'), refused('unauthenticated')]);
  expect([keys.known(makeApiKey().text, 'ingest'), keys.areFresh()]).toEqual([null, true]);
  await advance(1000);
  expect(state.reads).toBe(1);
  state.isAway = true;
  await advance(9001);
  expect([keys.known(key.text, 'ingest'), keys.areFresh()]).toEqual([null, false]);
});

test('a revoked key works for a fifth of its life at most', async () => {
  const key = makeTestKey('shop', ['ingest']);
  const { keys, keep, advance } = await start({ keys: [key, makeTestKey('shop', ['read'])] });
  keep([]);
  await advance(1999);
  expect(keys.demand(key.text, 'ingest')).toMatchObject({ tenant: 'shop' });
  await advance(1);
  const answer = keys.demand(key.text, 'ingest');
  await advance(300);
  expect(await answer).toEqual(refused('unauthenticated'));
  // No key is left, and the door stays shut all the same: there was one.
  expect(keys.demand(null, 'ingest')).toEqual(refused('unauthenticated'));
});

test('an expired key is refused to the millisecond', async () => {
  const key = makeTestKey('shop', ['ingest'], { expiresAtMs: 1500 });
  const { keys, advance } = await start({ keys: [key] });
  await advance(1499);
  expect(keys.demand(key.text, 'ingest')).toMatchObject({ tenant: 'shop' });
  await advance(1);
  expect(keys.demand(key.text, 'ingest')).toEqual(refused('unauthenticated'));
});

test('without the database a known key is good for its life and no longer; then nobody can tell, and it is said so', async () => {
  const key = makeTestKey('shop', ['ingest']);
  const { keys, state, advance } = await start({ keys: [key] });
  state.isAway = true;
  await advance(10_000);
  expect(keys.demand(key.text, 'ingest')).toMatchObject({ tenant: 'shop' });
  await advance(1);
  const late = keys.demand(key.text, 'ingest');
  await advance(300);
  expect(await late).toEqual(refused('storage_unavailable'));
  expect(state.failures).toBe(1);
  state.isAway = false;
  await advance(2000);
  expect(keys.demand(key.text, 'ingest')).toMatchObject({ tenant: 'shop' });
});

test('without the database an unknown key opens nothing', async () => {
  const { keys, state, advance } = await start({ keys: [makeTestKey('shop', ['ingest'])] });
  state.isAway = true;
  const answer = keys.demand(makeApiKey().text, 'ingest');
  await advance(300);
  expect(await answer).toEqual(refused('storage_unavailable'));
});

test('a door that cannot read its keys at the start does not open', async () => {
  const read = () => Promise.reject(new Error('away'));
  const timing = { lifeMs: 1, nowMs: () => 0, dateMs: () => 0, after: () => ({ [Symbol.dispose]: () => {} }), onFailure: () => {} };
  await expect(createAccessKeys({ read, areRequired: true, ...timing })).rejects.toThrow('away');
});
