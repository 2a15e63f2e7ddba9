// The bound of what is held: bytes of events without an answer, and of those that wait for room, as much again at most.
import { type Entry, entryOverheadBytes } from './entry.ts';
import { createQueue, push, remove } from './queue.ts';

export type Buffer = {
  readonly bytes: number;
  readonly events: number;
  readonly waitingBytes: number;
  readonly waitingEvents: number;
  /** The next event need not wait: one as large as any that came, or as half of the buffer. */
  readonly hasRoom: boolean;
  /** One of this size may come again. */
  meet(entry: Entry): void;
  fits(entry: Entry): boolean;
  add(entry: Entry): void;
  /** False: no room to wait either. */
  wait(entry: Entry): boolean;
  /** Takes out what was added or waits; those who waited and now fit are let in, first come first. */
  remove(entry: Entry): void;
};

export type BufferSettings = {
  readonly maxBufferBytes: number;
  /** Of one event. */
  readonly maxBatchBytes: number;
};

/** `enter` is told of each that waited and is now in. */
export const createBuffer = ({ maxBufferBytes: maxBytes, maxBatchBytes }: BufferSettings, enter: (entry: Entry) => void): Buffer => {
  const waiting = createQueue<Entry>();
  let bytes = 0;
  let events = 0;
  let waitingBytes = 0;
  let largestBytes = Math.min(maxBatchBytes + entryOverheadBytes, maxBytes / 2);

  // Nobody overtakes those who wait, or order per key would be lost at the door.
  const fits = (entry: Entry) => waiting.size === 0 && hasSpace(entry);
  // One that is larger than all there is goes alone.
  const hasSpace = ({ bufferBytes }: Entry) => bytes + bufferBytes <= maxBytes || events === 0;
  const add = (entry: Entry) => {
    bytes += entry.bufferBytes;
    events += 1;
  };
  const stopWaiting = (entry: Entry) => {
    if (!entry.waitingPlace) return;
    remove(waiting, entry.waitingPlace);
    entry.waitingPlace = null;
    waitingBytes -= entry.bufferBytes;
  };
  const letIn = () => {
    for (let next = waiting.first; next && hasSpace(next.value); next = waiting.first) {
      const entry = next.value;
      stopWaiting(entry);
      add(entry);
      enter(entry);
    }
  };

  return {
    get bytes() {
      return bytes;
    },
    get events() {
      return events;
    },
    get waitingBytes() {
      return waitingBytes;
    },
    get waitingEvents() {
      return waiting.size;
    },
    get hasRoom() {
      return waiting.size === 0 && (events === 0 || bytes + largestBytes <= maxBytes);
    },
    meet: ({ bufferBytes }) => {
      largestBytes = Math.max(largestBytes, bufferBytes);
    },
    fits,
    add,
    wait: (entry) => {
      if (waiting.size > 0 && waitingBytes + entry.bufferBytes > maxBytes) return false;
      entry.waitingPlace = push(waiting, entry);
      waitingBytes += entry.bufferBytes;
      return true;
    },
    remove: (entry) => {
      if (entry.waitingPlace) {
        stopWaiting(entry);
      } else {
        bytes -= entry.bufferBytes;
        events -= 1;
      }
      letIn();
    },
  };
};
