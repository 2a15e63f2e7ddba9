// A producer: numbers its datagrams from 1, packs events into them, and knows at its end what it sent.
import type { BatchPolicy } from '../../scenario/scenario.ts';
import { type Batcher, type BatcherOptions, createBatcher } from '../batcher.ts';
import { datagramOf, mostDatagramBytes, mostHeadBytes, type Sender } from './datagram.ts';
import type { SenderTotals } from './protocol.ts';

/** What is packed: an event's own bytes. */
export type Loaded = { readonly body: Buffer };

export type ProducerOptions<Event extends Loaded> = {
  readonly sender: Sender;
  readonly batch: BatchPolicy | null;
  readonly after: BatcherOptions<Event>['after'];
  /** `refused` is called where the kernel did not take it. */
  readonly send: (datagram: Buffer, n: number, events: readonly Event[], refused: () => void) => void;
};

export type Producer<Event extends Loaded> = {
  /** Only of events that fit. */
  add(event: Event): void;
  totals(): SenderTotals;
};

/** Each event stands behind a line feed. */
const roomFor = ({ body }: Loaded): number => body.length + 1;
const mostBytes = mostDatagramBytes - mostHeadBytes;

/** Whether there is a datagram that can hold it. */
export const fitsDatagram = (event: Loaded): boolean => roomFor(event) <= mostBytes;

export const createProducer = <Event extends Loaded>({ sender, batch, after, send }: ProducerOptions<Event>): Producer<Event> => {
  const counts = { datagrams: 0, events: 0, refused: 0 };
  const pack = (events: readonly Event[]): void => {
    counts.datagrams += 1;
    counts.events += events.length;
    const datagram = datagramOf(
      sender,
      counts.datagrams,
      events.map(({ body }) => body),
    );
    send(datagram, counts.datagrams, events, () => (counts.refused += 1));
  };
  const batcher: Batcher<Event> | null =
    batch === null ? null : createBatcher<Event>({ policy: batch, weight: { of: roomFor, most: mostBytes }, send: pack, after });
  return {
    add: (event) => (batcher === null ? pack([event]) : batcher.add(event)),
    totals: () => ({ ...sender, ...counts }),
  };
};
