// Lets events into the bounded buffer, and says by the stated policy what becomes of one for which there is no room.
import { createBuffer } from './buffer.ts';
import type { Entry } from './entry.ts';
import { type Failure, ownFailure } from './producer-error.ts';
import type { ProducerSettings } from './producer-options.ts';
import { createRoom } from './room.ts';
import type { Timing } from './timing.ts';
import type { Unsettled } from './unsettled.ts';

export type AdmissionOptions = {
  readonly settings: Pick<ProducerSettings, 'maxBufferBytes' | 'maxBatchBytes' | 'overflow'>;
  readonly unsettled: Pick<Unsettled, 'members'>;
  readonly timing: Pick<Timing, 'soon'>;
  /** It is in, and may be sent. */
  readonly enter: (entry: Entry) => void;
  /** A newer one takes its place. */
  readonly drop: (entry: Entry) => void;
};

export type BufferCounts = {
  readonly bufferedEvents: number;
  readonly bufferedBytes: number;
  readonly waitingEvents: number;
  readonly waitingBytes: number;
};

export type Admission = {
  /** Null: it is in, or waits for room. */
  admit(entry: Entry): Failure | null;
  leave(entry: Entry): void;
  /** Resolves when there is room. */
  ready(): Promise<void>;
  /** Whoever waits in `ready`, or asks later, is told this. */
  close(reason: Error): void;
  counts(): BufferCounts;
};

export const createAdmission = ({ settings, unsettled, timing, enter, drop }: AdmissionOptions): Admission => {
  const { maxBufferBytes, overflow } = settings;
  const buffer = createBuffer(settings, enter);
  const room = createRoom(() => buffer.hasRoom, timing.soon);

  /** The oldest that make room together; none where all of them would not. What is on its way stays. */
  const oldestFor = (entry: Entry): readonly Entry[] => {
    const oldest: Entry[] = [];
    let wantedBytes = buffer.bytes + entry.bufferBytes - maxBufferBytes;
    for (const old of unsettled.members()) {
      if (wantedBytes <= 0) break;
      if (old.isInFlight) continue;
      oldest.push(old);
      wantedBytes -= old.bufferBytes;
    }
    return wantedBytes <= 0 ? oldest : [];
  };

  const admit = (entry: Entry): Failure | null => {
    if (overflow === 'drop-oldest' && !buffer.fits(entry)) for (const old of oldestFor(entry)) drop(old);
    if (buffer.fits(entry)) {
      buffer.add(entry);
      enter(entry);
      return null;
    }
    return overflow === 'wait' && buffer.wait(entry) ? null : ownFailure('FL_CLIENT_BUFFER_FULL', fullMessage(maxBufferBytes, overflow));
  };

  return {
    admit: (entry) => {
      buffer.meet(entry);
      const refusal = admit(entry);
      room.taken();
      return refusal;
    },
    leave: (entry) => {
      buffer.remove(entry);
      room.look();
    },
    ready: room.wait,
    close: room.close,
    counts: () => ({
      bufferedEvents: buffer.events,
      bufferedBytes: buffer.bytes,
      waitingEvents: buffer.waitingEvents,
      waitingBytes: buffer.waitingBytes,
    }),
  };
};

const whatToDo = {
  wait: ', and as much again waits: await `ready()` before `send`, or its answer.',
  reject: ': send it again later, or raise maxBufferBytes.',
  'drop-oldest': ' of what is on its way, which can not be dropped: raise maxBufferBytes, or lower maxBatchBytes.',
};

const fullMessage = (maxBufferBytes: number, overflow: ProducerSettings['overflow']): string =>
  `The buffer of ${maxBufferBytes} bytes is full${whatToDo[overflow]}`;
