import { describe, expect, test } from 'vitest';
import { applyCast } from './apply-cast.ts';
import { createCachedRegistry } from './cached-registry.ts';
import { type Cast, findCastProblems } from './cast-rules.ts';
import { compileCheck } from './compile-check.ts';
import { readSchema } from './read-schema.ts';
import { createRegistry, type PolicyRow, type RegisteredSchema } from './registry.ts';
import { type Direction, type Side, tryCast } from './round-trip.ts';
import { schemaAddress, versionOfBody, versionOfDataschema } from './said-version.ts';

const cast = (body: string, rules: Cast['rules'], loses: readonly string[] = []) => applyCast(body, { rules, loses: [...loses] });
const done = (body: string, rules: Cast['rules']) => {
  const end = cast(body, rules);
  return 'refused' in end ? end.refused.why : end.body;
};

describe('a cast', () => {
  test('moves what is there, verbatim, and nothing over something else', () => {
    const move = { op: 'move', from: '/metadata/a', path: '/metadata/b' } as const;
    expect(done('{"metadata":{"a": 1.00000000000000000001, "c":2}}', [move])).toBe('{"metadata":{"c":2,"b":1.00000000000000000001}}');
    expect(done('{"metadata":{"c":2}}', [move])).toBe('{"metadata":{"c":2}}');
    expect(done('{"metadata":{"a":1,"b":2}}', [move])).toBe('something is in that place already');
    expect(done('{"metadata":{"a":1}}', [{ ...move, path: '/metadata/b/c' }])).toBe('there is no object above that place to put it in');
  });
  test('puts a default only where nothing is', () => {
    const rule = { op: 'default', path: '/metadata/a', value: null } as const;
    expect(done('{"metadata":{}}', [rule])).toBe('{"metadata":{"a":null}}');
    expect(done('{"metadata":{"a":1}}', [rule])).toBe('{"metadata":{"a":1}}');
    expect(done('{"metadata":[]}', [rule])).toBe('{"metadata":[]}');
  });
  test('does not guess: a rule that can not be done ends it', () => {
    expect(cast('{"metadata":{"a":"x"}}', [{ op: 'cast', path: '/metadata/a', to: 'number' }])).toMatchObject({
      refused: { rule: 0, path: '/metadata/a' },
    });
  });
  test('says what it lost of this event', () => {
    expect(cast('{"metadata":{"a":1}}', [{ op: 'remove', path: '/metadata/a' }], ['/metadata/a', '/metadata/b'])).toMatchObject({
      lost: ['/metadata/a'],
    });
  });
  test('is refused where it reaches beyond the metadata, or into itself', () => {
    const problems = (rules: Cast['rules'], loses: string[] = []) => findCastProblems({ rules, loses }, '/upcast').map(({ path }) => path);
    expect(problems([{ op: 'move', from: '/metadata/a', path: '/object_id' }])).toEqual(['/upcast/rules/0']);
    expect(problems([{ op: 'move', from: '/metadata/a', path: '/metadata/a/b' }])).toEqual(['/upcast/rules/0']);
    expect(problems([{ op: 'default', path: '/event_time', value: 1 }], ['nonsense'])).toEqual(['/upcast/rules/0', '/upcast/loses/0']);
    expect(problems([{ op: 'move', from: '/metadata/a', path: '/metadata/b' }], ['/metadata/a'])).toEqual([]);
  });
});

const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const side = (version: number, schema: object, examples: readonly unknown[] = []): Side => {
  const { node, problems } = readSchema(schema);
  if (problems !== null) throw new Error(JSON.stringify(problems));
  return { version, node, check: compileCheck(schema), examples };
};
const old = side(1, closed({ total: { type: 'integer' }, note: { type: 'string' } }, ['total']));
const now = side(2, closed({ amount: { type: 'integer' }, note: { type: 'string' } }, ['amount']));
const rename = (from: string, path: string): Cast => ({ rules: [{ op: 'move', from, path }] });
const there = rename('/metadata/total', '/metadata/amount');
const back = rename('/metadata/amount', '/metadata/total');
const upcast: Direction = { name: 'upcast', from: old, to: now, cast: there, back };
const messages = (direction: Direction) => tryCast(direction).map(({ path, message }) => `${path} ${message}`);

describe('a round trip', () => {
  test('of casts that are each other’s way back finds nothing', () => {
    expect(messages(upcast)).toEqual([]);
  });
  test('finds a cast that does not lead to its version', () => {
    expect(messages({ ...upcast, cast: rename('/metadata/note', '/metadata/amount') })).toEqual([
      expect.stringMatching(/^\/upcast does not lead to version 2: .*\/metadata\/amount/),
    ]);
  });
  test('finds what does not come back and is not said to be lost', () => {
    const lossy: Cast = { rules: [...there.rules, { op: 'remove', path: '/metadata/note' }] };
    expect(messages({ ...upcast, cast: lossy })).toEqual(['/upcast/loses does not name /metadata/note, which does not come back']);
    expect(messages({ ...upcast, cast: { ...lossy, loses: ['/metadata/note'] } })).toEqual([]);
  });
  test('finds a way back that does not lead there', () => {
    expect(messages({ ...upcast, back: { rules: [{ op: 'remove', path: '/metadata/amount' }] } })).toEqual([
      expect.stringContaining('not of version 1'),
    ]);
  });
  test('finds, by an example, what no generated value has', () => {
    const odd = side(1, { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] }, [{ total: 1, amount: 2 }]);
    expect(messages({ ...upcast, from: odd })).toEqual([expect.stringContaining('something is in that place already')]);
  });
  test('that can not be tried is not taken', () => {
    const pattern = side(1, closed({ total: { type: 'string', maxLength: 9, pattern: '^a$' } }, ['total']));
    expect(messages({ ...upcast, from: pattern })).toEqual([expect.stringContaining("can't be tried")]);
  });
});

const key = { tenant: 'default', systemName: 'shop', eventName: 'placed' };
const row = (version: number, schema: object, more: Partial<RegisteredSchema> = {}): RegisteredSchema => ({
  ...key,
  version,
  schema: JSON.stringify(schema),
  isRetired: false,
  upcast: null,
  downcast: null,
  ...more,
});
const policy = (more: Partial<PolicyRow>): PolicyRow => ({
  ...key,
  unregistered: null,
  unknown_version: null,
  invalid: null,
  unversioned: null,
  ...more,
});
const rows = [
  row(1, closed({ total: { type: 'integer' } }, ['total'])),
  row(2, closed({ amount: { type: 'integer' } }), { upcast: JSON.stringify(there), downcast: JSON.stringify(back) }),
  row(4, {}, { upcast: '"identity"', isRetired: true }),
];

describe('the registry', () => {
  test('has nothing to say of what it does not know, unless it is told to', () => {
    const other = { ...key, eventName: 'other' };
    expect(createRegistry({ revision: 1, schemas: rows, policies: [] }, compileCheck).judge(other, 'none', {}, 0)).toBeNull();
    const policies = [policy({ eventName: '', unregistered: 'refuse' }), policy({ systemName: '', eventName: '', unregistered: 'flag' })];
    const strict = createRegistry({ revision: 1, schemas: rows, policies }, compileCheck);
    expect(strict.judge(other, 'none', {}, 0)).toMatchObject({ verdict: 'unregistered', action: 'refuse' });
    expect(strict.judge({ ...other, systemName: 'x' }, 'none', {}, 0)).toMatchObject({ action: 'flag' });
    expect(strict.judge({ ...other, tenant: 'x' }, 'none', {}, 0)).toBeNull();
  });
  test('flags by default, and takes an event that says no version for none', () => {
    const registry = createRegistry({ revision: 1, schemas: rows, policies: [] }, compileCheck);
    expect(registry.judge(key, 1, { total: 1 }, 0)).toMatchObject({ version: 1, verdict: null, action: 'accept' });
    expect(registry.judge(key, 1, {}, 0)).toMatchObject({
      verdict: 'invalid',
      action: 'flag',
      places: [{ path: '/metadata/total', message: 'is missing' }],
    });
    expect(registry.judge(key, 'none', { total: 1 }, 0)).toMatchObject({ version: null, verdict: 'unknown_version', action: 'flag' });
    expect(registry.judge(key, 4, {}, 0)).toMatchObject({ verdict: 'unknown_version', places: [{ message: 'is 4, which is retired' }] });
    expect(registry.judge(key, 'other', { total: 1 }, 0)).toMatchObject({ verdict: 'unknown_version' });
  });
  test('takes an event that says no version for the one that is set', () => {
    const registry = createRegistry({ revision: 1, schemas: rows, policies: [policy({ unversioned: 1, invalid: 'park' })] }, compileCheck);
    expect(registry.judge(key, 'none', { total: 1 }, 0)).toMatchObject({ version: 1, verdict: null });
    expect(registry.judge(key, 'none', { total: 'x' }, 0)).toMatchObject({ version: 1, action: 'park', revision: 1 });
  });
  test('casts along the versions, up and down, and says where there is no way', () => {
    const registry = createRegistry({ revision: 1, schemas: rows, policies: [] }, compileCheck);
    expect(registry.cast(key, 1, 4, '{"metadata":{"total":1}}')).toEqual({ body: '{"metadata":{"amount":1}}', lost: [] });
    expect(registry.cast(key, 2, 1, '{"metadata":{"amount":1}}')).toEqual({ body: '{"metadata":{"total":1}}', lost: [] });
    expect(registry.cast(key, 4, 2, '{"metadata":{}}')).toEqual({ noWay: 'no cast is declared from version 4 down to 2' });
    expect(registry.cast(key, 3, 2, '{"metadata":{}}')).toEqual({ noWay: 'version 3 is not registered' });
  });
});

describe('the version that an event says', () => {
  test('is that of the address of a schema of its own', () => {
    const odd = { systemName: 'a/b', eventName: 'ä ?' };
    expect(versionOfDataschema(`https://x.example${schemaAddress('a/b', 'ä ?', 3)}`, odd)).toBe(3);
    expect(versionOfDataschema('/schemas/shop/placed/3', key)).toBe(3);
    expect(versionOfDataschema('/schemas/shop/paid/3', key)).toBe('other');
    expect(versionOfDataschema('/schemas/%zz/placed/3', key)).toBe('other');
    expect([undefined, null, 'https://x.example/s.json', '/schemas/shop/placed/0'].map((text) => versionOfDataschema(text, key))).toEqual(
      Array(4).fill('none'),
    );
  });
  test('is found in what is stored', () => {
    expect(versionOfBody('{"metadata":{},"schema_version":7}', key)).toEqual({ metadata: {}, said: 7 });
    expect(versionOfBody('{"metadata":[1],"cloudevent":{"dataschema":"/schemas/shop/placed/2"}}', key)).toEqual({ metadata: [1], said: 2 });
  });
});

describe('a copy of the registry', () => {
  const start = () => {
    const state = { nowMs: 0, revision: 1, isAway: false, loads: 0, failures: 0 };
    const cached = createCachedRegistry({
      load: (known) => {
        state.loads += 1;
        if (state.isAway) return Promise.reject(new Error('away'));
        return Promise.resolve(
          known === state.revision ? null : { revision: state.revision, schemas: [], policies: [policy({ unregistered: 'refuse' })] },
        );
      },
      lifeMs: 100,
      nowMs: () => state.nowMs,
      onFailure: () => (state.failures += 1),
    });
    return { state, cached };
  };
  test('is asked for again after its life, and not before', async () => {
    const { state, cached } = start();
    await Promise.all([cached.refresh(), cached.refresh()]);
    await cached.refresh();
    expect(state.loads).toBe(1);
    state.nowMs = 100;
    state.revision = 2;
    await cached.refresh();
    expect([state.loads, cached.current().revision]).toEqual([2, 2]);
  });
  test('is kept while the database is away, however long: no policy changes by an outage', async () => {
    const { state, cached } = start();
    await cached.refresh();
    state.isAway = true;
    state.nowMs = 1e9;
    await cached.refresh();
    expect([state.failures, cached.ageSeconds()]).toEqual([1, 1e6]);
    expect(cached.current().judge(key, 'none', {}, 0)).toMatchObject({ action: 'refuse' });
  });
  test('that was never had lets nothing be judged', async () => {
    const { state, cached } = start();
    state.isAway = true;
    await expect(cached.refresh()).rejects.toThrow('away');
    expect(() => cached.current()).toThrow('was not loaded');
  });
});
