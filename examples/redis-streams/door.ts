// The producer's side: POST /events, one XADD, and an id as the answer. With appendfsync always the entry is on disk by then.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'redis';

const client = await createClient({ socket: { path: process.env['REDIS_SOCKET'] ?? '', tls: false } }).connect();

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const add = async (body: string): Promise<{ readonly id: number }> => {
  const event = JSON.parse(body) as unknown;
  const id = await client.incr('last-id');
  await client.xAdd('events', '*', { id: String(id), event: JSON.stringify(event) });
  return { id };
};

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const server = createServer((request, response) => {
  read(request)
    .then(add)
    .then((body) => answer(response, 200, body))
    .catch((error: Error) => {
      const mine = error instanceof SyntaxError;
      answer(response, mine ? 400 : 500, { error: { code: mine ? 'invalid_json' : 'internal', message: error.message } });
    });
});
server.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('SIGTERM', () => process.exit(0));
