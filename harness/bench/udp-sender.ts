// A program: sends numbered datagrams, each with one event, at a rate, and says at its end how many the kernel took and how long that took.
// Arguments: port, datagrams a second, seconds, its name.
import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { datagramOf, markOf } from '../drivers/udp/datagram.ts';
import { eventBody } from './events.ts';

const [port = 0, ratePerSecond = 0, seconds = 0] = process.argv.slice(2, 5).map(Number);
const sender = { source: process.argv[5] ?? 'bench', boot: crypto.randomUUID() };
const total = Math.round(ratePerSecond * seconds);
const socket = createSocket({
  type: 'udp4',
  sendBufferSize: 4 * 1024 * 1024,
  lookup: (_name, _options, found) => found(null, '127.0.0.1', 4),
});
const datagrams = Array.from({ length: total }, (_, n) => datagramOf(sender, n + 1, [Buffer.from(eventBody(n))]));
const counts = { sent: 0, refused: 0 };
const settled = (error: Error | null): void => void (error === null ? (counts.sent += 1) : (counts.refused += 1));

process.stdout.write('ready\n');
await new Promise<void>((resolve) => void process.stdin.once('data', () => resolve()));
const zero = performance.now();
for (let next = 0; next < total;) {
  const due = Math.min(total, Math.ceil(((performance.now() - zero) / 1000) * ratePerSecond));
  for (; next < due; next += 1) socket.send(datagrams[next] as Buffer, port, '127.0.0.1', settled);
  await delay(1);
}
while (counts.sent + counts.refused < total) await delay(1);
const took = (performance.now() - zero) / 1000;
// Once the flood is over: its own count, so that a lost tail is seen.
for (let copy = 1; copy <= 5; copy += 1) {
  await delay(400);
  socket.send(markOf({ ...sender, copy, datagrams: total, events: total }), port, '127.0.0.1', () => {});
}
await delay(50);
process.stdout.write(`${JSON.stringify({ ...counts, seconds: took })}\n`);
process.exit(0);
