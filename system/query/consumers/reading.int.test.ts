import { setTimeout as wait } from 'node:timers/promises';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openAccess } from '../../access/access-keys.ts';
import { noKeys } from '../../access/testing.ts';
import { readAnswer } from '../schemas/consumer-schemas.ts';
import { type Answer, type QueryUnderTest, startQueryUnderTest } from '../testing.ts';
import { append, dropUpTo, type Frame, openSocket, openStream, type FrameReader } from './testing.ts';

let query: QueryUnderTest;
let address: string;

beforeAll(async () => {
  query = await startQueryUnderTest({ bounds: { mostReaders: 3, bufferBytes: 64 * 1024, slowMs: 2000 } });
  address = await query.app.listen({ host: '127.0.0.1', port: 0 });
  const payload = JSON.stringify({ start: 'earliest' });
  await query.app.inject({ method: 'PUT', url: '/consumers/reader', payload, headers: { 'content-type': 'application/json' } });
});

afterAll(() => query[Symbol.asyncDispose]());

const get = async (path: string): Promise<Answer> => {
  const response = await fetch(`${address}${path}`);
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text), headers: {} };
};
const read = (parameters: string) => get(`/consumers/reader/events?${parameters}`);
const positionsOf = ({ body }: Answer) => body.events.map(({ position }: { position: number }) => position);
const dataOf = (frame: Frame | undefined) => JSON.parse(frame!.data);

const take = async (stream: FrameReader, count: number): Promise<readonly Frame[]> => {
  const frames: Frame[] = [];
  while (frames.length < count) {
    const frame = await stream.next();
    if (frame === undefined) break;
    if (frame.event !== 'ready') frames.push(frame);
  }
  return frames;
};

describe('a long poll', () => {
  it('gives events after a position in order, with bodies to the last digit, and says how far it looked', async () => {
    const body = '{"event_name" : "paid", "metadata":{"b":1.10,"a":12345678901234567890}}';
    await append(query, 0, 1, { body });
    await append(query, 0, 4);
    const all = await read('lane=0&wait_ms=0');
    expect(Compile(readAnswer).Errors(all.body)).toEqual([]);
    expect(all.text).toContain(`"body":${body}}`);
    expect([positionsOf(all), all.body.position, all.body.head, all.body.low_water]).toEqual([[1, 2, 3, 4, 5], 5, 5, 0]);
    expect(positionsOf(await read('lane=0&after=2&limit=2'))).toEqual([3, 4]);
    expect(positionsOf(await read('lane=0&max_bytes=1'))).toEqual([1]);
    expect((await read('lane=0&after=5&wait_ms=0')).body).toMatchObject({ events: [], position: 5 });
  });

  it('waits for the next event and gives it at once, or answers without when the time is over', async () => {
    const startedAt = performance.now();
    const waiting = read('lane=1&wait_ms=20000');
    // One that came after it and waited in vain: by then the first one waits.
    expect((await read('lane=1&wait_ms=100')).body.events).toEqual([]);
    await append(query, 1, 1);
    expect(positionsOf(await waiting)).toEqual([1]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect((await read('lane=1&after=1&wait_ms=50')).body).toMatchObject({ events: [], position: 1 });
  });

  it('passes over what a filter and other tenants leave out, and its position with it', async () => {
    await append(query, 2, 3, { system: 'crm' });
    await append(query, 2, 2, { tenant: 'another' });
    await append(query, 2, 1, { system: 'crm', name: 'joined' });
    const crm = await read('lane=2&system_name=crm&event_name=joined&wait_ms=0');
    expect([positionsOf(crm), crm.body.position]).toEqual([[6], 6]);
    expect((await read('lane=2&system_name=none&wait_ms=0')).body).toMatchObject({ events: [], position: 6 });
    const whole = await read('lane=2');
    expect(positionsOf(whole)).toEqual([1, 2, 3, 6]);
    expect(whole.text).not.toContain('another');
  });

  it('gives a tenant with few events among many its next ones, however few it asks for', async () => {
    await using own = await startQueryUnderTest();
    const payload = JSON.stringify({ start: 'earliest' });
    await own.app.inject({ method: 'PUT', url: '/consumers/c', payload, headers: { 'content-type': 'application/json' } });
    const next = async (parameters: string) => (await own.get(`/consumers/c/events?lane=0&wait_ms=0&${parameters}`)).body;
    for (let n = 0; n < 3; n += 1) {
      await append(own, 0, 1);
      await append(own, 0, 2000, { tenant: 'another' });
    }
    const two = await next('limit=2');
    expect([two.events.map(({ position }: { position: number }) => position), two.position]).toEqual([[1, 2002], 2002]);
    expect(await next('limit=1&after=2002')).toMatchObject({ events: [{ position: 4003 }], position: 4003 });
    expect(await next('limit=100&after=4003')).toMatchObject({ events: [], position: 6003, head: 6003 });
    expect(await next('limit=5&max_bytes=1')).toMatchObject({ events: [{ position: 1 }], position: 1 });
  });

  it('gives no more bodies than it was asked for, but one event at least, also where others are between', async () => {
    await using own = await startQueryUnderTest();
    const payload = JSON.stringify({ start: 'earliest' });
    await own.app.inject({ method: 'PUT', url: '/consumers/c', payload, headers: { 'content-type': 'application/json' } });
    const sized = (bytes: number) => `{"metadata":{"n":"${'x'.repeat(bytes - '{"metadata":{"n":""}}'.length)}"}}`;
    const next = async (parameters: string) => {
      const { events, position } = (await own.get(`/consumers/c/events?lane=0&wait_ms=0&${parameters}`)).body;
      return [events.map((event: { position: number }) => event.position), position];
    };
    await append(own, 0, 2, { body: sized(600) });
    await append(own, 0, 3, { tenant: 'another' });
    await append(own, 0, 1, { body: sized(600) });
    await append(own, 0, 1, { body: sized(100) });
    expect(await next('max_bytes=700')).toEqual([[1], 1]);
    expect(await next('max_bytes=1200')).toEqual([[1, 2], 5]);
    expect(await next('max_bytes=1199')).toEqual([[1], 1]);
    // Behind what is another's it goes on with what is left of the bytes, and no event comes for it.
    expect(await next('after=1&limit=2&max_bytes=700')).toEqual([[2], 5]);
    expect(await next('after=1&limit=2&max_bytes=1200')).toEqual([[2, 6], 6]);
    expect(await next('after=2&limit=3&max_bytes=10')).toEqual([[6], 6]);
    expect(await next('after=5&max_bytes=700')).toEqual([[6, 7], 7]);
  });

  it('is 410 with the low-water mark where retention has passed, also before its mark is written', async () => {
    await append(query, 3, 8);
    await dropUpTo(query, 3, 3, false);
    const untold = await read('lane=3&wait_ms=0');
    expect([untold.status, untold.body.error.code]).toEqual([410, 'position_gone']);
    await dropUpTo(query, 3, 5);
    const gone = await read('lane=3&after=2');
    expect(gone.body.error.details).toMatchObject([{ lane: 3, low_water: 5 }]);
    expect(positionsOf(await read('lane=3&after=5'))).toEqual([6, 7, 8]);
    await dropUpTo(query, 3, 8);
    expect((await read('lane=3&after=7')).status).toBe(410);
    expect((await read('lane=3&after=8&wait_ms=0')).status).toBe(200);
  });

  it('refuses what makes no sense', async () => {
    for (const parameters of ['', 'lane=-1', 'lane=99', 'lane=0&after=999', 'lane=0&wait_ms=30001', 'lane=0&limit=0', 'lane=0&laen=1'])
      expect((await read(parameters)).body.error.code, parameters).toBe('invalid_query');
    expect((await get('/consumers/none/events?lane=0')).status).toBe(404);
  });
});

describe('a stream', () => {
  it('begins at the checkpoints, goes on as events come, and resumes after the id that was seen last', async () => {
    await append(query, 1, 3);
    await using stream = await openStream(`${address}/consumers/reader/stream?lanes=1`);
    expect([stream.status, (await stream.next())?.event]).toEqual([200, 'ready']);
    const first = await take(stream, 4);
    expect(first.map(({ id }) => id)).toEqual(['1:1', '1:2', '1:3', '1:4']);
    await append(query, 1, 1);
    expect(dataOf((await take(stream, 1))[0])).toMatchObject({ lane: 1, position: 5, body: { metadata: { n: 1 } } });
    await using resumed = await openStream(`${address}/consumers/reader/stream?lanes=1&after=1:0`, { 'last-event-id': first[2]!.id! });
    expect((await take(resumed, 2)).map(({ id }) => id)).toEqual(['1:4', '1:5']);
  });

  it('of several lanes has an id with each lane’s position, and moves on past what a filter left out', async () => {
    await using stream = await openStream(`${address}/consumers/reader/stream?lanes=1,2&after=1:4,2:3&system_name=crm`);
    const frames = await take(stream, 2);
    expect(frames.map(({ event, id }) => [event, id])).toEqual([
      ['position', '1:5,2:3'],
      ['event', '1:5,2:6'],
    ]);
  });

  it('says that it lives while nothing comes', async () => {
    await using stream = await openStream(`${address}/consumers/reader/stream?lanes=1&after=1:5&heartbeat_ms=1000`);
    const waiting = take(stream, 1);
    await vi.waitFor(() => expect(stream.comments).toBeGreaterThan(1), { timeout: 20_000 });
    await append(query, 1, 1);
    expect((await waiting)[0]?.id).toBe('1:6');
  });

  it('ends with a reason where retention passes it by, and does not begin where it has', async () => {
    expect((await get('/consumers/reader/stream?lanes=3&after=3:1')).body.error.code).toBe('position_gone');
    await using stream = await openStream(`${address}/consumers/reader/stream?lanes=3&after=3:8`);
    expect((await stream.next())?.event).toBe('ready');
    await append(query, 3, 2);
    expect(await take(stream, 2)).toHaveLength(2);
    const client = await query.pool.connect();
    await client.query('begin');
    await client.query('update lanes set head = head + 5, low_water = head + 3 where lane = 3');
    await client.query('commit');
    client.release();
    const [end] = await take(stream, 1);
    expect([end?.event, dataOf(end)]).toMatchObject(['end', { reason: 'position_gone', positions: '3:10' }]);
    expect(await stream.next()).toBeUndefined();
  });

  it('of a reader that takes nothing is closed and logged, with no more in memory than its buffer', async () => {
    await append(query, 0, 400, { body: JSON.stringify({ metadata: { text: 'x'.repeat(100_000) } }) });
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const socket = await openSocket(address, '/consumers/reader/stream?lanes=0&after=0:5');
    socket.pause();
    const closed = () =>
      query.lines.map((line) => JSON.parse(line)).filter(({ event_name: name }) => name === 'faultline.consumer.stream_closed');
    await vi.waitFor(() => expect(closed()).toHaveLength(1), { timeout: 20_000, interval: 50 });
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000);
    expect(closed()[0].attributes).toMatchObject({ 'faultline.consumer': 'reader', 'faultline.reason': 'slow_reader' });
    socket.destroy();
  });

  it('of a reader that is slow but takes it is not closed', async () => {
    await using stream = await openStream(`${address}/consumers/reader/stream?lanes=0&after=0:350`);
    const frames = await take(stream, 55);
    expect(frames.map(({ id }) => id)).toEqual(Array.from({ length: 55 }, (_, n) => `0:${351 + n}`));
  });

  it('of a reader that takes a little all the time is not closed, however long it needs for a full buffer', async () => {
    await using own = await startQueryUnderTest({ bounds: { mostReaders: 3, bufferBytes: 8_000_000, slowMs: 5000 } });
    const url = await own.app.listen({ host: '127.0.0.1', port: 0 });
    const payload = JSON.stringify({ start: 'earliest' });
    await own.app.inject({ method: 'PUT', url: '/consumers/reader', payload, headers: { 'content-type': 'application/json' } });
    await append(own, 0, 300, { body: JSON.stringify({ metadata: { text: 'x'.repeat(100_000) } }) });
    const socket = await openSocket(url, '/consumers/reader/stream?lanes=0');
    socket.pause();
    // About a megabyte a second, which the system takes by hundreds of kilobytes: eight seconds for a full buffer.
    for (let n = 0; n < 150; n += 1) {
      socket.read();
      await wait(60);
    }
    const closed = own.lines.filter((line) => line.includes('faultline.consumer.stream_closed'));
    expect([closed, socket.destroyed, socket.readableEnded]).toEqual([[], false, false]);
    socket.destroy();
  });

  it('is one of as many as there may be: another is 503 with Retry-After, and has its place once one is gone', async () => {
    const streams = await Promise.all([1, 2, 3].map(() => openStream(`${address}/consumers/reader/stream?lanes=1`)));
    const refused = await fetch(`${address}/consumers/reader/events?lane=1`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_readers' } });
    for (const stream of streams) await stream[Symbol.asyncDispose]();
    await vi.waitFor(async () => expect((await read('lane=1&wait_ms=0')).status).toBe(200), { timeout: 20_000 });
  });

  it('refuses a cursor that is none, too many lanes, and lanes that are not there', async () => {
    for (const parameters of [
      'after=x',
      'after=0:1,0:2',
      'lanes=0,',
      'lanes=77',
      'heartbeat_ms=1',
      `lanes=${Array.from({ length: 33 }, (_, n) => n).join(',')}`,
    ])
      expect((await get(`/consumers/reader/stream?${parameters}`)).body.error.code, parameters).toBe('invalid_query');
  });

  it('is told when the process stops, and does not hold it up', async () => {
    const own = await startQueryUnderTest();
    const payload = JSON.stringify({ start: 'earliest' });
    await own.app.inject({ method: 'PUT', url: '/consumers/c', payload, headers: { 'content-type': 'application/json' } });
    const url = await own.app.listen({ host: '127.0.0.1', port: 0 });
    await using stream = await openStream(`${url}/consumers/c/stream`);
    const poll = fetch(`${url}/consumers/c/events?lane=0`);
    await fetch(`${url}/consumers/c/events?lane=0&wait_ms=100`);
    expect((await stream.next())?.event).toBe('ready');
    await own[Symbol.asyncDispose]();
    expect(dataOf(await stream.next())).toMatchObject({ reason: 'shutting_down' });
    expect((await poll).status).toBe(200);
  });

  it('ends where the database can not answer, and goes on after the last id once it can', async () => {
    await using stream = await openStream(`${address}/consumers/reader/stream?lanes=1&after=1:5`);
    expect((await take(stream, 1))[0]?.id).toBe('1:6');
    await query.pool.query('alter table lanes rename to lanes_away');
    const [end] = await take(stream, 1);
    await query.pool.query('alter table lanes_away rename to lanes');
    expect([end?.event, dataOf(end)]).toMatchObject(['end', { reason: 'storage_unavailable', positions: '1:6' }]);
    await append(query, 1, 1);
    await using resumed = await openStream(`${address}/consumers/reader/stream?lanes=1`, { 'last-event-id': '1:6' });
    expect((await take(resumed, 1))[0]?.id).toBe('1:7');
  });
});

describe('the key of a stream', () => {
  it('is looked at again: once it may not read any more, the stream ends', async () => {
    let may = true;
    await using own = await startQueryUnderTest({
      keys: { ...noKeys, demand: () => (may ? openAccess : { refused: 'unauthenticated', message: 'revoked' }) },
    });
    const payload = JSON.stringify({ start: 'earliest' });
    await own.app.inject({ method: 'PUT', url: '/consumers/c', payload, headers: { 'content-type': 'application/json' } });
    const url = await own.app.listen({ host: '127.0.0.1', port: 0 });
    await using stream = await openStream(`${url}/consumers/c/stream`);
    expect((await stream.next())?.event).toBe('ready');
    may = false;
    expect(dataOf(await stream.next())).toMatchObject({ reason: 'access_ended' });
  });
});
