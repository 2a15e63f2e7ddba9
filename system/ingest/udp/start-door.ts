// The door for datagrams as one thing: it listens from here on, and ends with its books closed.
import type { ErrorCodeName } from '../../contract/error-codes.ts';
import type { DatagramBooks, DoorCounts } from '../../stream/datagrams.ts';
import type { Ingest } from '../ingest.ts';
import { systemScheduler } from '../scheduler.ts';
import { createDoor } from './door.ts';
import { countsWith, startDoorBooks } from './door-books.ts';
import { openReceiver } from './open-receiver.ts';
import type { TenantOfToken } from './tenant-of-token.ts';

export type DatagramDoorOptions = {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly receiveBufferBytes: number;
  readonly queueLimitBytes: number;
  readonly sendersLimit: number;
  readonly eventLimitBytes: number;
  readonly commitTimeoutMs: number;
  readonly ingest: Pick<Ingest, 'acceptDatagram'>;
  readonly books: DatagramBooks;
  readonly tenantOf: TenantOfToken;
  readonly refused: (code: ErrorCodeName, tenant: string | null) => void;
  readonly defect: (error: unknown) => void;
  readonly onBookFailure: (error: unknown) => void;
  readonly onLost: (cause: Error) => void;
};

/** As this process counts them just now. */
export type DatagramsNow = DoorCounts & { readonly displaced: number; readonly queueBytes: number };

export type StartedDoor = {
  readonly port: number;
  readonly receiveBufferBytes: number;
  readonly queueLimitBytes: number;
  now(): DatagramsNow;
  /** Takes what the kernel and the ring hold, and closes the books. What is not taken in time is counted as lost. */
  stop(): Promise<void>;
};

/** For the books, once all is taken. */
const closeWithinMs = 2000;

/** Rejects with the error of the socket. */
export const startDatagramDoor = async (options: DatagramDoorOptions): Promise<StartedDoor> => {
  const { books, ingest, tenantOf, refused, defect, onBookFailure, onLost, eventLimitBytes, sendersLimit } = options;
  const scheduler = systemScheduler;
  let wake = (): void => {};
  const receiver = await openReceiver({ ...where(options), onWake: () => wake(), onLost });
  const news = startDoorBooks({
    books,
    counts: () => door.counts(),
    scheduler,
    onFailure: onBookFailure,
    sendersLimit,
    onRoom: () => door.mayGoOn(),
  });
  const door = createDoor({ receiver, ingest, news, tenantOf, refused, defect, scheduler, eventLimitBytes, sendersLimit });
  wake = door.wake;
  door.wake();
  return {
    port: receiver.port,
    receiveBufferBytes: receiver.receiveBufferBytes,
    queueLimitBytes: receiver.queueLimitBytes,
    now: () => ({ ...countsWith(door.counts(), news), displaced: door.displaced(), queueBytes: receiver.queueBytes() }),
    stop: async () => {
      await receiver.close();
      await door.drain(options.commitTimeoutMs + closeWithinMs);
      await news.close(closeWithinMs).catch(onBookFailure);
    },
  };
};

const where = ({ host, port, reusePort, receiveBufferBytes, queueLimitBytes }: DatagramDoorOptions) => ({
  host,
  port,
  reusePort,
  receiveBufferBytes,
  queueLimitBytes,
});
