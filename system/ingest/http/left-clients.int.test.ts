// Clients that leave before they have an answer: no answer tells of them, so the door must.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { noKeys } from '../../access/testing.ts';
import { noIngestTelemetry, type RequestMeasure } from '../telemetry.ts';
import { startTestDoor } from './testing.ts';

const event = JSON.stringify({ system_name: 's', object_id: 'o', event_name: 'n', event_time: '2026-01-01T00:00:00Z', metadata: {} });
const head = (bytes: number) => `POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`;
const whole = head(event.length) + event;

const openDoor = async () => {
  const ends: RequestMeasure[] = [];
  const telemetry = { ...noIngestTelemetry, requestEnded: (measure: RequestMeasure) => void ends.push(measure) };
  const asked = Promise.withResolvers<void>();
  const keys = { ...noKeys, demand: (...given: Parameters<typeof noKeys.demand>) => (asked.resolve(), noKeys.demand(...given)) };
  const door = await startTestDoor({ telemetry, keys });
  const post = (body: string) =>
    fetch(`${door.server.address}/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return { door, ends, post, asked: asked.promise };
};

/** So long after the door has begun with its request. */
const leaveAfter = async (address: string, text: string, ms: number, asked: Promise<void>) => {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  socket.write(text);
  await asked;
  await wait(ms);
  socket.destroy();
  await once(socket, 'close');
};

test.each([
  ['at once, it left', whole, 50, 'client_left'],
  ['after it had waited for longer than it may, its answer was overdue', whole, 700, 'answer_overdue'],
  ['in the middle of its body, however late, it left', head(1000) + event, 700, 'client_left'],
])('of a client that goes %s: its request ends once, as 499', async (_what, text, ms, error) => {
  const { door, ends, post, asked } = await openDoor();
  await using _door = door;
  const committed = Promise.withResolvers<void>();
  const { append } = door.stream;
  Object.assign(door.stream, { append: (...given: Parameters<typeof append>) => committed.promise.then(() => append(...given)) });
  await leaveAfter(door.server.address, text, ms, asked);
  await expect.poll(() => ends).toHaveLength(1);
  expect(ends).toEqual([{ method: 'POST', route: '/events', status: 499, seconds: expect.any(Number), tenant: 'default', error }]);
  expect(ends[0]!.seconds).toBeGreaterThan((ms - 40) / 1000);
  // The commit ends after that, and its answer goes to nobody.
  committed.resolve();
  expect((await post(event)).status).toBe(200);
  await expect.poll(() => ends.map(({ status }) => status)).toEqual([499, 200]);
});

test('a request that is answered ends once, with its own status and no error', async () => {
  const { door, ends, post } = await openDoor();
  await using _door = door;
  for (const [body, status] of [
    [event, 200],
    ['{', 400],
    [event, 200],
  ] as const)
    expect((await post(body)).status).toBe(status);
  await expect
    .poll(() => ends.map(({ status, error }) => [status, error]))
    .toEqual([
      [200, null],
      [400, null],
      [200, null],
    ]);
});
