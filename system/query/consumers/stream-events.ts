// The events of some lanes as server-sent events, until the reader leaves, the stream is to end, or the reader is too slow.
import type { ReadDatabase } from '../read-database.ts';
import { RequestProblem } from '../request-problem.ts';
import type { EventFilters } from '../schemas/consumer-schemas.ts';
import { frame, heartbeat } from './event-frames.ts';
import type { HeadWatch } from './head-watch.ts';
import { type PacedWriter, ReaderGone, SlowReader } from './paced-writer.ts';
import { formatPositions } from './position-cursor.ts';
import { readLane } from './read-lane.ts';

export const endReasons = [
  'access_ended',
  'slow_reader',
  'position_gone',
  'storage_unavailable',
  'shutting_down',
  'time_is_up',
  'left',
  'internal',
] as const;
export type EndReason = (typeof endReasons)[number];

export type StreamEvents = {
  readonly tenant: string;
  readonly database: ReadDatabase;
  readonly watch: HeadWatch;
  readonly writer: PacedWriter;
  /** Where it begins; it is moved on as events are written. */
  readonly positions: Map<number, number>;
  readonly filters: EventFilters;
  readonly heartbeatMs: number;
  /** Bytes of bodies in one read: no more than the reader's buffer. */
  readonly readBytes: number;
  /** Aborted with the reason to end. */
  readonly stop: AbortSignal;
  readonly delivered: (events: number) => void;
  readonly onDefect: (error: unknown) => void;
};

const eventsAtOnce = 500;

/** How long a browser's EventSource waits before it comes again. */
const retryMs = 1000;

/** Never rejects: says why the stream ended, and tells the reader where there is one. */
export const streamEvents = async (stream: StreamEvents): Promise<EndReason> => {
  const { writer, positions, stop } = stream;
  try {
    await writer.write(
      `retry: ${retryMs}\n${frame('ready', JSON.stringify({ positions: formatPositions(positions) }), formatPositions(positions))}`,
    );
    for (;;) {
      stop.throwIfAborted();
      if (await writeRound(stream)) continue;
      if (!(await moved(stream))) await writer.write(heartbeat);
    }
  } catch (error) {
    const reason = reasonOf(error, stop);
    if (reason === 'internal') stream.onDefect(error);
    writer.end(frame('end', JSON.stringify({ reason, ...detailsOf(error), positions: formatPositions(positions) })));
    return reason;
  }
};

/** One read of each lane, in turns: a busy lane does not starve the others. Whether any had something. */
const writeRound = async (stream: StreamEvents): Promise<boolean> => {
  let hadAny = false;
  for (const [lane, after] of stream.positions) {
    stream.stop.throwIfAborted();
    const { database, tenant, readBytes: maxBytes, filters } = stream;
    const page = await readLane(database, { tenant, lane, after, limit: eventsAtOnce, maxBytes, filters });
    if (page.position === after) continue;
    hadAny = true;
    await writePage(stream, lane, page);
  }
  return hadAny;
};

const writePage = async ({ writer, positions, delivered }: StreamEvents, lane: number, page: Awaited<ReturnType<typeof readLane>>) => {
  let written = 0;
  try {
    for (const { position, json } of page.events) {
      positions.set(lane, position);
      await writer.write(frame('event', json, formatPositions(positions)));
      written += 1;
    }
  } finally {
    // Also of a page that its reader did not take to the end.
    delivered(written);
  }
  if (positions.get(lane) === page.position) return;
  // What the filter left out: the cursor goes on all the same, or a resumed stream would look at it again.
  positions.set(lane, page.position);
  await writer.write(frame('position', JSON.stringify({ lane, position: page.position }), formatPositions(positions)));
};

const moved = ({ watch, positions, heartbeatMs, writer, stop }: StreamEvents): Promise<boolean> =>
  watch.wait(positions, heartbeatMs, AbortSignal.any([writer.gone, stop]));

const reasonOf = (error: unknown, stop: AbortSignal): EndReason => {
  if (stop.aborted && error === stop.reason) return stop.reason as EndReason;
  if (error instanceof ReaderGone) return 'left';
  if (error instanceof SlowReader) return 'slow_reader';
  if (error instanceof RequestProblem && (error.code === 'position_gone' || error.code === 'storage_unavailable')) return error.code;
  return 'internal';
};

const detailsOf = (error: unknown) => (error instanceof RequestProblem ? { error: error.body.error } : {});
