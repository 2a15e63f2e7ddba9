// Datagrams whose token is not known: they wait here, bounded and out of the way of all others, until the database has said whose they are.
import type { Refusal } from '../refusal.ts';
import type { ReadDatagram } from './read-datagram.ts';

export type ToldDatagram = { readonly tenant: string; readonly read: ReadDatagram };

export type Aside = {
  /** Then the caller adds none. */
  isFull(): boolean;
  isEmpty(): boolean;
  /** `tenant`: never rejects. */
  add(read: ReadDatagram, bytes: number, tenant: Promise<string | Refusal>): void;
  /** The first of those whose tenant is known by now, which leaves. */
  next(): ToldDatagram | null;
  /** So many of them have a number. */
  numbers(): number;
  /** All leave, and what is said of them later is not heard: how many they were. */
  abandon(): number;
};

export type AsideOptions = {
  readonly limit: { readonly datagrams: number; readonly bytes: number };
  readonly onRefused: (refusal: Refusal) => void;
  /** There is a next one, or room for another. */
  readonly onTold: () => void;
};

type Entry = { readonly read: ReadDatagram; readonly bytes: number };

export const createAside = ({ limit, onRefused, onTold }: AsideOptions): Aside => {
  const entries = new Set<Entry>();
  let told: (ToldDatagram & { readonly entry: Entry })[] = [];
  let [bytes, numbers] = [0, 0];
  const numbersOf = ({ read }: Entry): number => (read.head?.n === undefined ? 0 : 1);
  const leave = (entry: Entry): void => {
    entries.delete(entry);
    bytes -= entry.bytes;
    numbers -= numbersOf(entry);
  };
  return {
    isFull: () => entries.size >= limit.datagrams || bytes >= limit.bytes,
    isEmpty: () => entries.size === 0,
    add: (read, size, tenant) => {
      const entry = { read, bytes: size };
      entries.add(entry);
      bytes += size;
      numbers += numbersOf(entry);
      void tenant.then((answer) => {
        if (!entries.has(entry)) return;
        if (typeof answer === 'string') told.push({ tenant: answer, read, entry });
        else {
          leave(entry);
          onRefused(answer);
        }
        onTold();
      });
    },
    next: () => {
      const first = told.shift();
      if (first === undefined) return null;
      leave(first.entry);
      return first;
    },
    numbers: () => numbers,
    abandon: () => {
      const count = entries.size;
      entries.clear();
      [told, bytes, numbers] = [[], 0, 0];
      return count;
    },
  };
};
