// A connection that is kept between two requests costs a connection, and nothing of what came over it.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { startTestDoor } from './testing.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heldBytes = (): number => {
  collect();
  return process.memoryUsage().arrayBuffers;
};

test('a large body is let go with its room once it is answered, and not with its connection', async () => {
  const bodyBytes = 4_000_000;
  await using door = await startTestDoor({ batchLimitBytes: bodyBytes, bodiesLimitBytes: bodyBytes });
  const event = JSON.stringify({ system_name: 's', object_id: 'o', event_name: 'n', event_time: 't', metadata: {} });
  const head = `POST /events/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bodyBytes}\r\n\r\n`;
  const request = Buffer.from(`${head}[${event}]`.padEnd(head.length + bodyBytes));
  const before = heldBytes();
  const sockets = Array.from({ length: 5 }, () => connect(Number(new URL(door.server.address).port), '127.0.0.1'));
  // One after the other there is room for each.
  for (const socket of sockets) {
    socket.write(request);
    expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
  }
  await expect.poll(() => heldBytes() - before).toBeLessThan(bodyBytes);
  for (const socket of sockets) {
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  }
});
