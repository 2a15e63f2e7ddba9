// The stub target: a small HTTP server in a process of its own, with known faults. First line on stdout: its port. Ends when its stdin does.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStubStore } from './stub-store.ts';
import type { StubOptions } from './stub-options.ts';

const options = JSON.parse(process.argv[2] ?? '') as StubOptions;
const store = createStubStore(options);
let zeroAt: number | null = null;
const answeredAt: Record<string, number> = {};

/** Milliseconds that an answer has to wait now. */
const waitMs = (now: number): number => {
  const { freeze, delayMs } = options;
  const since = now - (zeroAt ?? now);
  const isFrozen = freeze !== null && zeroAt !== null && since >= freeze.afterMs && since < freeze.afterMs + freeze.forMs;
  return isFrozen ? freeze.afterMs + freeze.forMs - since + delayMs : delayMs;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const json = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const arrivedAt = Date.now();
  const body = await bodyOf(request);
  if (request.url === '/state') return json(response, { ...store.state(), answeredAt });
  if (request.url === '/zero') {
    zeroAt = Number(body);
    return json(response, {});
  }
  const { id, key, answered } = store.take(body);
  const end = (): void => {
    answeredAt[key] = performance.timeOrigin + performance.now();
    if (answered) json(response, { id, duplicate: false });
    else request.socket.destroy();
  };
  const wait = waitMs(arrivedAt);
  if (wait > 0) setTimeout(end, wait);
  else end();
};

const server = createServer((request, response) => void answer(request, response).catch(() => request.socket.destroy()));
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
