// A tracker of events as one writes it in an afternoon: POST /events, one INSERT, the id of the row as the answer. It takes the client's id, keeps it, and
// never looks whether it was there before.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 8 });
await pool.query(`create table if not exists events (
  id bigint generated always as identity primary key,
  system_name text not null, object_id text not null, event_name text not null,
  client_id text, event_time text not null, metadata jsonb not null,
  received_at timestamptz not null default clock_timestamp())`);

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const refuse = (response: ServerResponse, status: number, code: string, message: string): void =>
  answer(response, status, { error: { code, message } });

const insert = `insert into events (system_name, object_id, event_name, client_id, event_time, metadata)
  values ($1, $2, $3, $4, $5, $6) returning id::float8 as id`;

const store = async (text: string, response: ServerResponse): Promise<void> => {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return refuse(response, 400, 'invalid_json', 'the body is no JSON');
  }
  const { system_name: system, object_id: object, event_name: name, event_time: time, metadata, id = null } = event;
  const texts = [system, object, name, time].every((value) => typeof value === 'string' && value !== '');
  if (!texts || typeof metadata !== 'object' || metadata === null) return refuse(response, 400, 'invalid_event', 'a field is missing');
  const { rows } = await pool.query<{ id: number }>(insert, [system, object, name, id, time, metadata]);
  answer(response, 200, { id: rows[0]?.id });
};

const server = createServer((request, response) => {
  if (request.method !== 'POST' || request.url !== '/events') return refuse(response, 404, 'not_found', 'POST /events');
  read(request)
    .then((text) => store(text, response))
    .catch((error: Error) => refuse(response, 500, 'internal', error.message));
});
server.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('SIGTERM', () => process.exit(0));
