// What polls and streams share: places, the end of the process, and what is counted of both.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { signals } from '../../contract/signals.ts';
import type { Telemetry } from '../../telemetry/start-telemetry.ts';
import { whenClosed } from '../../telemetry/when-closed.ts';
import { createPlaces } from '../places.ts';
import { RequestProblem } from '../request-problem.ts';
import type { Timers } from './head-watch.ts';
import { ReaderGone } from './paced-writer.ts';
import { endReasons, type EndReason } from './stream-events.ts';

export type ReadBounds = { readonly mostReaders: number; readonly bufferBytes: number; readonly slowMs: number };

export type DoorName = 'poll' | 'stream';

export type ReaderDoor = {
  /** Given back when the answer is out or the reader has left, whatever comes first. Throws too_many_readers. */
  take(door: DoorName, tenant: string, reply: FastifyReply): { readonly gone: AbortSignal };
  /** A reader who does not take the answer is cut off, and does not keep the place. */
  cutIfSlow(reply: FastifyReply): void;
  delivered(door: DoorName, events: number): void;
  streamEnded(reason: EndReason): void;
  /** Aborted with `shutting_down`. */
  readonly stopping: AbortSignal;
};

const attributesOf = (door: DoorName) => ({ 'faultline.consumer.door': door });
const doors: readonly DoorName[] = ['poll', 'stream'];

export type ReaderDoorOptions = {
  readonly bounds: ReadBounds;
  /** Whether there are tenants to share places with. */
  readonly isShared: () => boolean;
  readonly telemetry: Pick<Telemetry, 'instruments'>;
  readonly timers: Timers;
};

const tooManyReaders = (most: number) =>
  new RequestProblem(
    'too_many_readers',
    `As many readers of the consumer API are open as there may be (${most}), or as a tenant may have beside others. Try again in a moment.`,
  );

export const createReaderDoor = (app: FastifyInstance, { bounds, isShared, telemetry, timers }: ReaderDoorOptions): ReaderDoor => {
  const { mostReaders, slowMs } = bounds;
  const { instruments } = telemetry;
  const places = createPlaces({ most: mostReaders, isShared, full: () => tooManyReaders(mostReaders) });
  const open = { poll: 0, stream: 0 };
  const delivered = instruments.counter(signals.consumerDelivered, doors.map(attributesOf));
  const ended = instruments.counter(
    signals.consumerStreamsEnded,
    endReasons.map((reason) => ({ 'faultline.reason': reason })),
  );
  const gauge = instruments.gauge(signals.consumerReaders, () =>
    doors.map((door) => ({ value: open[door], attributes: attributesOf(door) })),
  );
  const stopping = new AbortController();
  // Before the server waits for its connections: those of readers would not end by themselves.
  app.addHook('preClose', (done) => {
    stopping.abort('shutting_down');
    done();
  });
  app.addHook('onClose', (_app, done) => {
    gauge[Symbol.dispose]();
    done();
  });
  return {
    take: (door, tenant, reply) => {
      const place = places.take(tenant);
      const gone = new AbortController();
      open[door] += 1;
      whenClosed(reply.raw, () => {
        place[Symbol.dispose]();
        open[door] -= 1;
        gone.abort(new ReaderGone('the reader closed the connection'));
      });
      return { gone: gone.signal };
    },
    cutIfSlow: (reply) => {
      const timer = timers.after(slowMs, () => reply.raw.destroy());
      whenClosed(reply.raw, () => timer[Symbol.dispose]());
    },
    delivered: (door, events) => delivered.add(events, attributesOf(door)),
    streamEnded: (reason) => ended.add(1, { 'faultline.reason': reason }),
    stopping: stopping.signal,
  };
};
