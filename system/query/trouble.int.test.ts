import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { startOtlpReceiver } from '../telemetry/testing.ts';
import { startQueryUnderTest } from './testing.ts';

describe('a database in trouble', () => {
  it('is 503 with Retry-After where its tables are not there yet, and /ready says so while /health is well', async () => {
    await using own = await startQueryUnderTest({ migrated: false });
    expect((await own.get('/health')).status).toBe(200);
    const ready = await own.get('/ready');
    expect([ready.status, ready.body.error.code]).toEqual([503, 'storage_unavailable']);
    const answer = await own.get('/status');
    expect([answer.status, answer.body.error.code, answer.headers['retry-after']]).toEqual([503, 'storage_unavailable', '1']);
  });

  it('is 503 where a query runs into its time-out, and the next one is answered', async () => {
    await using own = await startQueryUnderTest({ statementTimeoutMs: 1000 });
    const blocker = await own.pool.connect();
    await blocker.query('begin; lock table events in access exclusive mode');
    const answer = await own.get('/events');
    await blocker.query('rollback');
    blocker.release();
    expect([answer.status, answer.body.error.code]).toEqual([503, 'storage_unavailable']);
    expect(answer.body.error.message).toContain('longer than it may');
    // On a busy machine that one may take longer than it may, too.
    await expect.poll(async () => (await own.get('/events')).status).toBe(200);
  });

  it('is answered again after its connections were cut', async () => {
    await using own = await startQueryUnderTest();
    await own.get('/events');
    await own.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'faultline-query-test' and datname = current_database()",
    );
    await vi.waitFor(async () => expect((await own.get('/status')).status).toBe(200), { timeout: 20_000 });
  });

  it('that does not fit its schema is 500, logged with the reason, and tells the client nothing of it', async () => {
    await using own = await startQueryUnderTest();
    await own.insertEvent({ id: 1, body: '{"no":"metadata"}' });
    const answer = await own.get('/events/1');
    expect([answer.status, answer.body.error.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('metadata');
    expect(own.lines.join('')).toContain('event 1 has no metadata');
  });
});

describe('telemetry', () => {
  it('is a SERVER span with a CLIENT span of the database under it, and a duration by route and status', async () => {
    await using receiver = await startOtlpReceiver();
    {
      await using own = await startQueryUnderTest({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
      await own.get('/events/1', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
      await own.get('/health');
    }
    const server = receiver.spans.find(({ kind }) => kind === 2);
    const client = receiver.spans.find(({ kind }) => kind === 3);
    expect(server).toMatchObject({
      name: 'GET /events/:id',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      attributes: { 'http.response.status_code': 404 },
    });
    expect(client).toMatchObject({ name: 'SELECT events', parentSpanId: server?.spanId });
    const durations = receiver.points.filter(({ name }) => name === 'http.server.request.duration');
    // Each export says it again.
    const counts = durations.map(({ attributes, count }) => [attributes['http.route'], attributes['http.response.status_code'], count]);
    expect(new Set(counts.map((each) => JSON.stringify(each)))).toEqual(new Set(['["/events/:id",404,1]']));
  });

  it('has a client that left before it had an answer too: its span ends, and its duration is one of status 499', async () => {
    await using receiver = await startOtlpReceiver();
    {
      await using own = await startQueryUnderTest({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
      const address = await own.app.listen({ host: '127.0.0.1', port: 0 });
      const blocker = await own.pool.connect();
      await blocker.query('begin; lock table events in access exclusive mode');
      const closed = Promise.withResolvers<void>();
      const socket = connect(Number(new URL(address).port), '127.0.0.1');
      own.app.server.once('connection', (theirs) => theirs.once('close', () => closed.resolve()));
      socket.write('GET /events/1 HTTP/1.1\r\nhost: x\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n');
      await once(own.app.server, 'request');
      socket.destroy();
      await closed.promise;
      await blocker.query('rollback');
      blocker.release();
      await fetch(`${address}/events/1`);
    }
    expect(receiver.spans.find(({ kind }) => kind === 2)).toMatchObject({
      name: 'GET /events/:id',
      attributes: { 'http.response.status_code': 499, 'error.type': 'client_left' },
    });
    const durations = receiver.points.filter(({ name }) => name === 'http.server.request.duration');
    // Each export says it again.
    const counts = durations.map(({ attributes, count }) => [
      attributes['http.response.status_code'],
      attributes['error.type'] ?? null,
      count,
    ]);
    expect(new Set(counts.map((each) => JSON.stringify(each)))).toEqual(new Set(['[499,"client_left",1]', '[404,null,1]']));
  });
});
