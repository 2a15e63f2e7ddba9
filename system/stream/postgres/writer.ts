// The stream's writer on PostgreSQL: one round trip a batch, the function append_batch of migration 0002. One attempt a call: who
// calls decides on repeating, and repeats with the very same requests.
import type { Pool, PoolClient } from 'pg';
import type { DatagramDoor } from '../datagrams.ts';
import { laneOf } from '../lane.ts';
import type { AppendRequest, AppendResult, StreamWriter } from '../stream.ts';
import { byteaArray, int4Array, int8Array, textArray, uuidArray } from './binary-array.ts';
import { datagramArrays } from './datagram-arrays.ts';
import { classifyAppendError, commitUnknown, isMissingPartition, saysError, unreachable } from './stream-error.ts';
import { SystemError } from '../../contract/system-error.ts';

export type PostgresStreamWriterOptions = {
  /** One connection for each append that may run at a time, and one for ids. The caller ends it. */
  readonly pool: Pool;
  /** What migrate() answered. */
  readonly laneCount: number;
  readonly streamVersion?: number;
  /** Events wait for ids: a server that froze, which can't time its statements out itself, must not hold them for ever. */
  readonly idsWithinMs?: number;
  /** Of this process; where it takes datagrams. */
  readonly datagrams?: DatagramDoor | null;
};

/** As `increment by` of sequence event_ids. */
const idBlockSize = 1000;

const append = {
  name: 'append_batch',
  text: 'select append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) as answer',
};

/** The same with what is known of the datagrams that brought them. */
const appendDatagrams = {
  name: 'append_datagrams',
  text: `select append_datagrams($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) as answer`,
};

/** Heads after the append, and the requests (from 1) that did not enter the log just now. */
type Answer = {
  readonly heads: readonly (readonly [lane: number, head: number])[] | null;
  readonly losers: readonly (readonly [n: number, kind: 'own' | 'duplicate' | 'conflict', id: number, position: number | null])[];
};

/** `append` and `takeIds` reject with a SystemError FL_STREAM_*. */
export const createPostgresStreamWriter = ({
  pool,
  laneCount,
  streamVersion = 1,
  idsWithinMs = 5000,
  datagrams = null,
}: PostgresStreamWriterOptions): StreamWriter => ({
  append: async (requests, signal) => {
    if (requests.length === 0) return [];
    const lanes = requests.map((request) => laneOf(request, laneCount));
    const values = [streamVersion, ...toArrays(requests, lanes)];
    const senders = datagramArrays(requests, datagrams);
    const found = schemaArrays(requests);
    const query =
      senders === null ? { ...append, values: [...values, ...found] } : { ...appendDatagrams, values: [...values, ...senders, ...found] };
    const answer = await withClient(pool, signal, async (client) => {
      const { rows } = await client.query<{ answer: Answer }>(query);
      return rows[0]!.answer;
    });
    return toResults(requests, lanes, answer);
  },
  takeIds: async () => {
    const takeBlock = { text: `select nextval('event_ids') as first`, query_timeout: idsWithinMs };
    const { rows } = await pool.query<{ first: string }>(takeBlock).catch((error: unknown) => {
      throw unreachable(error);
    });
    return { first: Number(rows[0]!.first), count: idBlockSize };
  },
});

/**
 * The same append as a part of the caller's own transaction, which must commit at once: the lanes stay locked until then. Rejects with the database's error; the
 * caller rolls back. Ids are the caller's, as with `append`.
 */
export const appendWithin = async (
  client: Pick<PoolClient, 'query'>,
  requests: readonly AppendRequest[],
  { laneCount, streamVersion = 1 }: Pick<PostgresStreamWriterOptions, 'laneCount' | 'streamVersion'>,
): Promise<readonly AppendResult[]> => {
  if (requests.length === 0) return [];
  const lanes = requests.map((request) => laneOf(request, laneCount));
  const values = [streamVersion, ...toArrays(requests, lanes), ...schemaArrays(requests)];
  const { rows } = await client.query<{ answer: Answer }>({ ...append, values });
  return toResults(requests, lanes, rows[0]!.answer);
};

const toArrays = (requests: readonly AppendRequest[], lanes: readonly number[]): readonly unknown[] => [
  int4Array(lanes),
  uuidArray(requests.map(({ identity }) => identity)),
  int8Array(requests.map(({ id }) => id)),
  byteaArray(requests.map(({ bodyHash }) => bodyHash)),
  textArray(requests.map(({ tenant }) => tenant)),
  textArray(requests.map(({ systemName }) => systemName)),
  textArray(requests.map(({ objectId }) => objectId)),
  textArray(requests.map(({ eventName }) => eventName)),
  textArray(requests.map(({ idempotencyKey }) => idempotencyKey)),
  int8Array(requests.map(({ sequence }) => sequence)),
  requests.map(({ eventTime }) => eventTime),
  textArray(requests.map(({ eventTimeSource }) => eventTimeSource)),
  requests.map(({ receivedAt }) => receivedAt),
  textArray(requests.map(({ body }) => body)),
  textArray(requests.map(({ traceparent }) => traceparent)),
];

/** Most batches have nothing of the kind, and pay nothing for it. */
const schemaArrays = (requests: readonly AppendRequest[]): readonly unknown[] => {
  if (requests.every(({ schema }) => schema === undefined)) return [null, null, null];
  return [
    int8Array(requests.map(({ schema }) => schema?.version ?? null)),
    textArray(requests.map(({ schema }) => schema?.verdict ?? null)),
    int8Array(requests.map(({ schema }) => schema?.parkedAt ?? null)),
  ];
};

const withClient = async <Result>(
  pool: Pool,
  signal: AbortSignal | undefined,
  use: (client: PoolClient) => Promise<Result>,
): Promise<Result> => {
  signal?.throwIfAborted();
  const client = await pool.connect().catch((error: unknown) => {
    throw unreachable(error);
  });
  if (signal?.aborted === true) {
    // The time was up while it connected: nothing was sent, and nobody would end the query.
    client.release();
    throw unreachable(signal.reason);
  }
  let isReleased = false;
  const release = (broken: boolean) => {
    if (isReleased) return;
    isReleased = true;
    client.release(broken);
  };
  // Destroys the connection, so that the query rejects at once; what it did is then unknown.
  const onAbort = () => release(true);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const result = await use(client);
    release(false);
    return result;
  } catch (error) {
    throw await afterFailure(client, error, release);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
};

const afterFailure = async (client: PoolClient, error: unknown, release: (broken: boolean) => void): Promise<SystemError> => {
  if (isMissingPartition(error)) return healPartitions(client, error, release);
  const classified = classifyAppendError(error);
  const isSure = classified.outcome !== 'definite' || saysError(error) || (await answers(client));
  const failure = isSure ? classified : commitUnknown(error);
  release(failure.code === 'FL_STREAM_COMMIT_UNKNOWN');
  return failure;
};

/** A session that was ended by an error does not go on after it. */
const answers = (client: PoolClient): Promise<boolean> =>
  client.query('select').then(
    () => true,
    () => false,
  );

/** Nobody made today's partition in time (all workers down for days): make it, and let the caller try again. */
const healPartitions = async (client: PoolClient, cause: unknown, release: (broken: boolean) => void): Promise<SystemError> => {
  try {
    await client.query('select ensure_log_partitions(7)');
    release(false);
    return new SystemError('FL_STREAM_CONTENDED', 'The partition of today was missing in the log, and was made just now', { cause });
  } catch (error) {
    release(true);
    return new SystemError(
      'FL_STREAM_FAILED',
      'The log has no partition for today, and it could not be made: run ensure_log_partitions()',
      {
        cause: error,
      },
    );
  }
};

/** Winners of a lane took the positions up to its head, in the order of the requests. */
const toResults = (requests: readonly AppendRequest[], lanes: readonly number[], answer: Answer): readonly AppendResult[] => {
  const losers = new Map(answer.losers.map((loser) => [loser[0] - 1, loser]));
  const winners = new Map<number, number>();
  for (const [index, lane] of lanes.entries()) if (!losers.has(index)) winners.set(lane, (winners.get(lane) ?? 0) + 1);
  const next = new Map((answer.heads ?? []).map(([lane, head]) => [lane, head - (winners.get(lane) ?? 0)]));
  return requests.map(({ id }, index): AppendResult => {
    const lane = lanes[index]!;
    const loser = losers.get(index);
    if (loser && loser[1] !== 'own') return { kind: loser[1], id: loser[2] };
    if (loser) return { kind: 'appended', id, lane, position: loser[3] ?? 0 };
    const position = next.get(lane)! + 1;
    next.set(lane, position);
    return { kind: 'appended', id, lane, position };
  });
};
