// The senders of a batch as arrays for append_datagrams, an element a sender.
import type { DatagramDoor, DatagramSender } from '../datagrams.ts';
import type { AppendRequest } from '../stream.ts';
import { int4Array, int8Array, textArray } from './binary-array.ts';

type Sum = { readonly sender: DatagramSender; readonly place: number; highest: number; received: number; undecided: number };

/** null: no event of the batch came in a datagram. */
export const datagramArrays = (requests: readonly AppendRequest[], door: DatagramDoor | null): readonly unknown[] | null => {
  if (door === null || !requests.some(({ datagram }) => datagram !== undefined)) return null;
  const sums = createSums();
  const places = requests.map((request) => addTo(sums, request));
  const each = [...sums.byName.values()];
  return [
    door.name,
    countsArray(door, each),
    int4Array(places),
    ...senderArrays(each.map(({ sender }) => sender)),
    int8Array(each.map(({ highest }) => highest)),
    int8Array(each.map(({ received }) => received)),
    int8Array(each.map(({ undecided }) => undecided)),
  ];
};

/** `booked`: with these counts. Then they are no longer missing, so that they do not count as in hands. */
export const countsArray = ({ counts }: DatagramDoor, booked: readonly Pick<Sum, 'received' | 'undecided'>[]): Buffer => {
  const { received, unread, dropped, inDoubt, kernelDropped, inHands } = counts();
  const numbers = booked.reduce((sum, each) => sum + each.received + each.undecided, 0);
  return int8Array([received, unread, dropped, inDoubt, kernelDropped, Math.max(0, inHands - numbers)]);
};

export const senderArrays = (senders: readonly DatagramSender[]): readonly Buffer[] => [
  textArray(senders.map(({ tenant }) => tenant)),
  textArray(senders.map(({ source }) => source)),
  textArray(senders.map(({ boot }) => boot)),
  int8Array(senders.map(({ first }) => first)),
];

type Sums = { readonly bySender: Map<DatagramSender, Sum>; readonly byName: Map<string, Sum> };
const createSums = (): Sums => ({ bySender: new Map(), byName: new Map() });

/** The place of its sender, from 1; 0: it came by another door. */
const addTo = (sums: Sums, { datagram }: AppendRequest): number => {
  if (datagram === undefined) return 0;
  const { sender, number, isUndecided } = datagram;
  const sum = sums.bySender.get(sender) ?? sumOf(sums, sender);
  if (number !== null) {
    sum.highest = Math.max(sum.highest, number);
    if (isUndecided) sum.undecided += 1;
    else sum.received += 1;
  }
  return sum.place;
};

/** A door may have forgotten a sender and met it again: it is one all the same. */
const sumOf = ({ bySender, byName }: Sums, sender: DatagramSender): Sum => {
  const name = JSON.stringify([sender.tenant, sender.source, sender.boot]);
  const sum = byName.get(name) ?? { sender, place: byName.size + 1, highest: 0, received: 0, undecided: 0 };
  byName.set(name, sum);
  bySender.set(sender, sum);
  return sum;
};
