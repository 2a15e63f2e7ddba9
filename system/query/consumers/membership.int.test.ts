import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkpointAnswer,
  consumerAnswer,
  consumerAuditAnswer,
  consumersAnswer,
  createdAnswer,
  membershipAnswer,
} from '../schemas/consumer-schemas.ts';
import { errorAnswer } from '../schemas/answers.ts';
import { type Answer, type QueryUnderTest, startQueryUnderTest } from '../testing.ts';
import { append, dropUpTo } from './testing.ts';

let query: QueryUnderTest;

beforeAll(async () => {
  query = await startQueryUnderTest();
  for (const lane of [0, 1, 2, 3]) await append(query, lane, 10);
});

afterAll(() => query[Symbol.asyncDispose]());

const send = async (method: 'PUT' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<Answer> => {
  const sent = body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await query.app.inject({ method, url, ...sent });
  const text = response.body;
  return { status: response.statusCode, text, body: text === '' ? null : JSON.parse(text), headers: response.headers };
};

const make = (consumer: string, start = 'earliest') => send('PUT', `/consumers/${consumer}`, { start });
const join = (consumer: string, instance: string, body: object = {}) => send('PUT', `/consumers/${consumer}/instances/${instance}`, body);
const checkpoint = (consumer: string, ...checkpoints: readonly object[]) =>
  send('POST', `/consumers/${consumer}/checkpoints`, { checkpoints });
const lanesOf = ({ body }: Answer) =>
  (body.lanes as { lane: number; ending: boolean }[]).map(({ lane, ending }) => (ending ? -lane : lane));

describe('a consumer', () => {
  it('is made once, begins where it was to begin, and is removed with its checkpoints', async () => {
    const made = await make('billing');
    expect([made.status, made.body]).toEqual([201, { consumer: 'billing', created: true }]);
    expect(Compile(createdAnswer).Errors(made.body)).toEqual([]);
    const again = await make('billing', 'latest');
    expect([again.status, again.body]).toEqual([200, { consumer: 'billing', created: false }]);
    await make('audit', 'latest');
    const { body } = await query.get('/consumers');
    expect(Compile(consumersAnswer).Errors(body)).toEqual([]);
    expect(body.consumers).toMatchObject([
      { consumer: 'audit', lag: 0 },
      { consumer: 'billing', lag: 40, instances: 0, lanes_past_retention: 0, checkpointed_at: null },
    ]);
    expect((await send('DELETE', '/consumers/audit')).status).toBe(204);
    expect([(await send('DELETE', '/consumers/audit')).status, (await query.get('/consumers/audit')).status]).toEqual([404, 404]);
    const audit = (await query.get('/consumer-audit')).body;
    expect(Compile(consumerAuditAnswer).Errors(audit)).toEqual([]);
    const atHead = { 0: 10, 1: 10, 2: 10, 3: 10 };
    expect(audit.entries).toMatchObject([
      { action: 'remove', consumer: 'audit', key_id: null, positions: atHead },
      { action: 'create', consumer: 'audit', positions: atHead },
      { action: 'create', consumer: 'billing', positions: { 0: 0, 1: 0, 2: 0, 3: 0 } },
    ]);
    const removed = query.lines.map((line) => JSON.parse(line)).filter(({ event_name }) => event_name === 'faultline.consumer.removed');
    expect(removed.map(({ attributes }) => attributes)).toEqual([{ 'faultline.consumer': 'audit', 'faultline.tenant': 'default' }]);
  });

  it('that is made again goes on above the epochs of the one before, whose instances are fenced', async () => {
    await make('again');
    await join('again', 'a');
    await send('DELETE', '/consumers/again');
    await make('again');
    const zombie = { lane: 0, epoch: 1, from: 0, to: 5 };
    const outcomes = async () => (await checkpoint('again', zombie)).body.error.details.map(({ outcome }: { outcome: string }) => outcome);
    expect(await outcomes()).toEqual(['fenced']);
    const { body } = await join('again', 'b');
    expect(body.lanes.map(({ epoch, position }: { epoch: number; position: number }) => [epoch > 1, position])).toEqual(
      Array.from({ length: 4 }, () => [true, 0]),
    );
    expect(await outcomes()).toEqual(['fenced']);
    await send('DELETE', '/consumers/again');
  });

  it('is told what a request lacks, and what would be taken instead', async () => {
    expect((await make('billing', 'first')).body.error.message).toBe('/start must be earliest or latest.');
    expect((await send('POST', '/consumers/billing/checkpoints', { lane: 0 })).body.error.message).toBe(
      '/checkpoints is missing. /lane is not known here.',
    );
  });

  it('is shown with checkpoint, lease and lag of each lane, and with what retention took before it was read', async () => {
    await make('late');
    await join('late', 'a');
    await dropUpTo(query, 3, 4);
    const { body } = await query.get('/consumers/late');
    expect(Compile(consumerAnswer).Errors(body)).toEqual([]);
    expect(body).toMatchObject({ lag: 40, instances: 1, lanes_past_retention: 1 });
    expect(body.lanes[3]).toMatchObject({ lane: 3, position: 0, head: 10, low_water: 4, epoch: 1, owner: 'a' });
    expect(body.lanes[3].lag_seconds).toBeGreaterThan(0);
    await make('later');
    expect((await query.get('/consumers/later')).body.lanes.map(({ position }: { position: number }) => position)).toEqual([0, 0, 0, 4]);
  });

  it('has a name that can be a part of a path, and no other', async () => {
    for (const name of ['', '%20', '.hidden', 'a%2Fb', 'x'.repeat(65), '%00', 'ü'])
      expect([400, 404, 405], name).toContain((await make(name)).status);
  });

  it('is one of a hundred at most', async () => {
    await query.pool.query(
      `insert into consumers (tenant, consumer, stream_version) select 'default', 'filler-' || n, 1 from generate_series(1, 100) n`,
    );
    const refused = await make('one-more');
    await query.pool.query(`delete from consumers where consumer like 'filler-%'`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'too_many_consumers']);
  });
});

describe('instances', () => {
  it('share the lanes evenly: what is over the share ends, and goes to the other once it is given back', async () => {
    await make('shared');
    const alone = await join('shared', 'a');
    expect(Compile(membershipAnswer).Errors(alone.body)).toEqual([]);
    expect([lanesOf(alone), alone.body.instances]).toEqual([[0, 1, 2, 3], 1]);
    expect(lanesOf(await join('shared', 'b'))).toEqual([]);
    expect(lanesOf(await join('shared', 'a'))).toEqual([0, 1, -2, -3]);
    expect(lanesOf(await join('shared', 'a', { release: [2, 3] }))).toEqual([0, 1]);
    const other = await join('shared', 'b');
    expect(lanesOf(other)).toEqual([2, 3]);
    expect(other.body.lanes.map(({ epoch }: { epoch: number }) => epoch)).toEqual([2, 2]);
    expect((await send('DELETE', '/consumers/shared/instances/b')).status).toBe(204);
    expect(lanesOf(await join('shared', 'a'))).toEqual([0, 1, 2, 3]);
    expect((await send('DELETE', '/consumers/shared/instances/b')).status).toBe(404);
  });

  it('keep no lane that they did not renew in time: it is taken anew, also by themselves, under a new epoch', async () => {
    await make('slow');
    await join('slow', 'a', { lease_ms: 1000 });
    await query.pool.query(`update consumer_lanes set expires_at = now() - interval '1 second' where consumer = 'slow'`);
    const again = await join('slow', 'a');
    expect(again.body.lanes.map(({ epoch }: { epoch: number }) => epoch)).toEqual([2, 2, 2, 2]);
  });

  it('never hold one lane together, however many come at once', async () => {
    await make('crowd');
    const names = Array.from({ length: 6 }, (_, n) => `i${n}`);
    await Promise.all(names.map((name) => join('crowd', name)));
    const held = (await Promise.all(names.map((name) => join('crowd', name)))).flatMap(lanesOf).filter((lane) => !Object.is(lane, -0));
    expect(new Set(held).size).toBe(held.length);
  });

  it('are refused past their bound, and of a consumer that is none', async () => {
    await make('full');
    await query.pool.query(
      `insert into consumer_instances select 'default', 'full', 'i' || n, now(), now() + interval '1 hour' from generate_series(1, 64) n`,
    );
    const refused = await join('full', 'one-more');
    expect([refused.status, refused.body.error.code]).toEqual([409, 'too_many_consumers']);
    expect((await join('none', 'a')).status).toBe(404);
  });
});

describe('a checkpoint', () => {
  it('moves by compare-and-set; the same again is the same, anything else is refused', async () => {
    await make('cas');
    await join('cas', 'a');
    const moved = await checkpoint('cas', { lane: 0, epoch: 1, from: 0, to: 5 }, { lane: 1, epoch: 1, from: 0, to: 1 });
    expect(moved.status).toBe(200);
    expect(Compile(checkpointAnswer).Errors(moved.body)).toEqual([]);
    expect((await checkpoint('cas', { lane: 0, epoch: 1, from: 0, to: 5 })).body.checkpoints).toEqual([
      { lane: 0, outcome: 'already_there', position: 5, epoch: 1 },
    ]);
    const refused = await checkpoint(
      'cas',
      { lane: 0, epoch: 1, from: 4, to: 6 },
      { lane: 1, epoch: 1, from: 1, to: 2 },
      { lane: 2, epoch: 1, from: 0, to: 11 },
      { lane: 99, epoch: 1, from: 0, to: 1 },
    );
    expect([refused.status, refused.body.error.code]).toEqual([409, 'checkpoint_refused']);
    expect(Compile(errorAnswer).Errors(refused.body)).toEqual([]);
    expect(refused.body.error.details.map(({ lane, outcome, position }: Record<string, unknown>) => [lane, outcome, position])).toEqual([
      [0, 'behind', 5],
      [1, 'moved', 2],
      [2, 'beyond_head', 0],
      [99, 'unknown_lane', null],
    ]);
  });

  it('of a zombie is refused, and moves nothing: the lane has another owner and another epoch', async () => {
    await make('fence');
    await join('fence', 'zombie', { lease_ms: 1000 });
    await query.pool.query(`update consumer_lanes set expires_at = now() - interval '1 second' where consumer = 'fence'`);
    await query.pool.query(`update consumer_instances set expires_at = now() - interval '1 second' where consumer = 'fence'`);
    expect(lanesOf(await join('fence', 'heir'))).toEqual([0, 1, 2, 3]);
    const refused = await checkpoint('fence', { lane: 0, epoch: 1, from: 0, to: 9 });
    expect([refused.status, refused.body.error.details[0].outcome]).toEqual([409, 'fenced']);
    const heir = await checkpoint('fence', { lane: 0, epoch: 2, from: 0, to: 3 });
    expect([heir.status, heir.body.checkpoints[0].position]).toEqual([200, 3]);
  });

  it('of two at once moves once', async () => {
    await make('race');
    await join('race', 'a');
    const answers = await Promise.all([4, 6].map((to) => checkpoint('race', { lane: 0, epoch: 1, from: 0, to })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it('is refused where it is not understood', async () => {
    const cases: [unknown, string][] = [
      [{}, 'invalid_consumer'],
      [{ checkpoints: [] }, 'invalid_consumer'],
      [{ checkpoints: [{ lane: 0, epoch: 1, from: 0, to: 1, more: 1 }] }, 'invalid_consumer'],
      [{ checkpoints: [{ lane: -1, epoch: 1, from: 0, to: 1 }] }, 'invalid_consumer'],
      [{ checkpoints: [{ lane: 0, epoch: 1, from: 0, to: 2 ** 60 }] }, 'invalid_consumer'],
      [
        {
          checkpoints: [
            { lane: 0, epoch: 1, from: 0, to: 1 },
            { lane: 0, epoch: 1, from: 0, to: 1 },
          ],
        },
        'invalid_consumer',
      ],
    ];
    for (const [body, code] of cases) expect((await send('POST', '/consumers/cas/checkpoints', body)).body.error.code).toBe(code);
    const broken = await query.app.inject({
      method: 'PUT',
      url: '/consumers/cas',
      payload: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.json().error.code).toBe('invalid_json');
    expect((await checkpoint('none', { lane: 0, epoch: 1, from: 0, to: 1 })).status).toBe(404);
    const patched = await query.app.inject({ method: 'PATCH', url: '/consumers/cas' });
    expect([patched.statusCode, patched.headers.allow]).toEqual([405, 'GET, HEAD, PUT, DELETE']);
  });
});
