// Of an attempt that ended with its connection: whether its commit was on its way is known here alone.
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noBooks, type Tenure } from '../../workers/checkpoint.ts';
import { isLostAnswer } from '../../workers/lost-answer.ts';
import { createWorkerDatabase, type WorkerDatabase } from '../../workers/testing.ts';
import { createSession, type Session } from './session.ts';
import { type LaneWrites, settleLane } from './settle.ts';

const lane0: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 0 };

let database: WorkerDatabase;
let session: Session;

beforeAll(async () => {
  database = await createWorkerDatabase(1);
  await database.append(Array.from({ length: 4 }, () => ({})));
});
afterAll(() => database[Symbol.asyncDispose]());

const open = () => (session = createSession({ databaseUrl: database.url, name: 'faultline-test', leaseMs: 600_000 }));

/** The server has carried it out when the connection breaks, and nobody hears of it. */
const breaksAfterCommit = (client: Client): Client => {
  const query = async (...given: readonly unknown[]) => {
    const answer = await (client.query as (...all: readonly unknown[]) => Promise<unknown>).apply(client, [...given]);
    if (given[0] !== 'commit') return answer;
    await client.end();
    throw new Error('Connection terminated unexpectedly');
  };
  return Object.assign(Object.create(client) as Client, { query });
};

const move = (to: number, write: LaneWrites, through: Session = session) =>
  settleLane(through, lane0, { expectedPosition: to - 1, toPosition: to, staysCareful: false }, write);

const ignored = () => Promise.resolve({ ...noBooks, ignored: 1 });

test('a commit whose answer is lost is known as one, and the next attempt finds the checkpoint where it led', async () => {
  await using real = open();
  const broken = { ...real, client: async () => breaksAfterCommit(await real.client()) };
  const error = await move(1, ignored, broken).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: 'Connection terminated unexpectedly' });
  expect(isLostAnswer(error)).toBe(true);
  expect(await move(1, ignored)).toMatchObject({ outcome: 'already_there', found: { position: 1, epoch: 0 } });
});

test('a connection that is lost before that was rolled back, and a commit that is refused is no lost one', async () => {
  await using _session = open();
  const cut = async (client: Client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await database.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await client.query('select');
    return noBooks;
  };
  const lost = await move(2, cut).catch((thrown: unknown) => thrown);
  expect([lost instanceof Error, isLostAnswer(lost)]).toEqual([true, false]);
  const refused = await move(2, () => Promise.resolve({ ...noBooks, applied: 1e30 })).catch((thrown: unknown) => thrown);
  expect([refused instanceof Error, isLostAnswer(refused)]).toEqual([true, false]);
  expect(await move(2, ignored)).toMatchObject({ outcome: 'advanced' });
});
