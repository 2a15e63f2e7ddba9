// The routes by which consumers read: long poll, and server-sent events. Over a pool of its own, so that readers wait for each other and not others for them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { AccessKeys } from '../../access/access-keys.ts';
import { accessOf } from '../../access/guard-routes.ts';
import { errorAttributes } from '../../telemetry/error-attributes.ts';
import type { RequestSpans } from '../../telemetry/observe-requests.ts';
import { unsampledSpan } from '../../telemetry/spans.ts';
import type { Telemetry } from '../../telemetry/start-telemetry.ts';
import { createParameterParser, type RawParameters } from '../parameters.ts';
import type { ReadDatabases } from '../read-database.ts';
import { invalidQuery } from '../request-problem.ts';
import { defaultEventsRead, defaultWaitMs, mostBytesRead, mostLanesOfStream } from '../schemas/consumer-schemas.ts';
import { storageProblem } from '../storage-problem.ts';
import { consumerOperations as operations } from './consumer-operations.ts';
import { createHeadWatch, type HeadWatch, type Timers } from './head-watch.ts';
import { createPacedWriter } from './paced-writer.ts';
import { pollEvents } from './poll-events.ts';
import { parsePositions } from './position-cursor.ts';
import { readStanding } from './read-consumer.ts';
import { type LanePage, readLane } from './read-lane.ts';
import { createReaderDoor, type ReadBounds, type ReaderDoor } from './reader-door.ts';
import { streamEvents } from './stream-events.ts';
import { watchAccess } from './watch-access.ts';

export type ConsumerReadParts = {
  readonly pool: Pool;
  readonly keys: Pick<AccessKeys, 'demand' | 'areNeeded'>;
  readonly databases: ReadDatabases;
  readonly bounds: ReadBounds;
  readonly telemetry: Pick<Telemetry, 'instruments' | 'logger'>;
  readonly spans: RequestSpans;
  readonly timers: Timers;
};

type Parts = ConsumerReadParts & { readonly door: ReaderDoor; readonly watch: HeadWatch };

/** A stream ends after this, and its reader comes again: readers spread over processes. */
const longestStreamMs = 30 * 60_000;

const selectHeads = 'select lane, head from lanes where stream_version = (select max(version) from streams)';

export const addConsumerReadRoutes = (app: FastifyInstance, given: ConsumerReadParts): void => {
  const door = createReaderDoor(app, { ...given, isShared: given.keys.areNeeded });
  const watch = createHeadWatch({ readHeads: () => readHeads(given.pool), timers: given.timers });
  addPoll(app, { ...given, door, watch });
  addStream(app, { ...given, door, watch });
};

const parseConsumer = createParameterParser(operations.read.path);

const addPoll = (app: FastifyInstance, { databases, spans, door, watch }: Parts): void => {
  const parseRead = createParameterParser(operations.read.query);
  app.get(operations.read.url, { exposeHeadRoute: false }, async (request, reply) => {
    const { consumer } = parseConsumer(request.params as RawParameters);
    const query = parseRead(request.query as RawParameters);
    const { tenant } = accessOf(request);
    const { gone } = door.take('poll', tenant, reply);
    const database = databases.under(spans.of(request));
    const { lane, limit = defaultEventsRead, max_bytes: maxBytes = mostBytesRead, wait_ms: waitMs = defaultWaitMs, ...filters } = query;
    const standing = positionOf(await readStanding(database, tenant, consumer), lane);
    const read = { tenant, lane, after: query.after ?? standing, limit, maxBytes, filters };
    const page = await pollEvents({ database, watch, read, waitMs, stop: door.stopping, gone, nowMs: () => performance.now() });
    door.delivered('poll', page.events.length);
    door.cutIfSlow(reply);
    if (door.stopping.aborted) void reply.header('connection', 'close');
    return reply.type('application/json; charset=utf-8').send(pageJson(lane, page));
  });
};

const pageJson = (lane: number, { events, position, head, lowWater }: LanePage): string => {
  const end = JSON.stringify({ position, head, low_water: lowWater }).slice(1);
  return `{"lane":${lane},"events":[${events.map(({ json }) => json).join(',')}],${end}`;
};

const addStream = (app: FastifyInstance, { keys, databases, bounds, telemetry: { logger }, timers, door, watch }: Parts): void => {
  const parseStream = createParameterParser(operations.stream.query);
  app.get(operations.stream.url, { exposeHeadRoute: false }, async (request, reply) => {
    const { consumer } = parseConsumer(request.params as RawParameters);
    const { lanes, after, heartbeat_ms: heartbeatMs = 15_000, ...filters } = parseStream(request.query as RawParameters);
    const { tenant } = accessOf(request);
    door.take('stream', tenant, reply);
    // A trace of a stream that lasts would never end: its reads are measured, and make no spans.
    const database = databases.under(unsampledSpan);
    const positions = beginAt(await readStanding(database, tenant, consumer), lanes, lastEventId(request) ?? after);
    // What can't be read is an answer with a status, where it is known before the stream begins.
    for (const [lane, position] of positions)
      await readLane(database, { tenant, lane, after: position, limit: 1, maxBytes: 1, filters: {} });
    const timeIsUp = new AbortController();
    using _limit = timers.after(longestStreamMs, () => timeIsUp.abort('time_is_up'));
    using access = watchAccess(keys, request, timers);
    const stop = AbortSignal.any([door.stopping, timeIsUp.signal, access.ended]);
    reply.hijack();
    const reason = await streamEvents({
      tenant,
      database,
      watch,
      writer: createPacedWriter(begin(reply), { ...bounds, timers, stop }),
      positions,
      filters,
      heartbeatMs,
      readBytes: Math.min(bounds.bufferBytes, mostBytesRead),
      stop,
      delivered: (events) => door.delivered('stream', events),
      onDefect: (error) => logger.error('a stream of events failed', errorAttributes(error), { eventName: 'faultline.query.failed' }),
    });
    door.streamEnded(reason);
    const attributes = { 'faultline.consumer': consumer, 'faultline.reason': reason };
    if (reason === 'slow_reader') logger.warn('a stream was closed', attributes, { eventName: 'faultline.consumer.stream_closed' });
  });
};

const readHeads = async (pool: Pool): Promise<ReadonlyMap<number, number>> => {
  try {
    const { rows } = await pool.query<{ lane: number; head: number }>(selectHeads);
    return new Map(rows.map(({ lane, head }) => [lane, head]));
  } catch (error) {
    throw storageProblem(error);
  }
};

const positionOf = (standing: ReadonlyMap<number, number>, lane: number): number => {
  const position = standing.get(lane);
  if (position === undefined)
    throw invalidQuery([{ parameter: 'lane', message: `is ${lane}; there are ${[...standing.keys()].join(', ')}.` }]);
  return position;
};

const lastEventId = (request: FastifyRequest): string | undefined => {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && header !== '' ? header : undefined;
};

/** Lanes that were asked for, each after the cursor or its checkpoint. */
const beginAt = (standing: ReadonlyMap<number, number>, lanes: string | undefined, cursor: string | undefined): Map<number, number> => {
  const given = cursor === undefined ? new Map<number, number>() : parsePositions(cursor);
  if (given === null)
    throw invalidQuery([{ parameter: 'after', message: 'is no cursor. Give the id of the last event as it came, such as 0:120,3:55.' }]);
  const asked = lanes === undefined ? [...standing.keys()] : [...new Set(lanes.split(',').map(Number))];
  if (asked.length > mostLanesOfStream) {
    throw invalidQuery([{ parameter: 'lanes', message: `are ${asked.length}; one stream takes ${mostLanesOfStream}. Open several.` }]);
  }
  return new Map(asked.map((lane) => [lane, given.get(lane) ?? positionOf(standing, lane)]));
};

const begin = (reply: FastifyReply) => {
  const response = reply.raw;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // What is left of the connection when the stream ends is nothing to keep: a process that stops would wait for it.
    connection: 'close',
    // nginx would hold events back until its buffer is full.
    'x-accel-buffering': 'no',
  });
  return response;
};
