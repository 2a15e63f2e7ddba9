// Which numbers of each sender have come: exact for the last thousands, so that a datagram that comes again is known as such. Bounded in senders.
import type { DatagramSender } from '../../stream/datagrams.ts';

export type Arrival = {
  readonly sender: DatagramSender;
  /** `undecided`: so far behind that it may have come before or not. */
  readonly kind: 'new' | 'repeated' | 'undecided';
  /** Lower than one that came before. */
  readonly isDisplaced: boolean;
};

export type SenderName = { readonly tenant: string; readonly source: string; readonly boot: string };

export type SenderWindows = {
  arrived(name: SenderName, number: number): Arrival;
  /** Of a mark, or of datagrams without a number. */
  senderOf(name: SenderName): DatagramSender;
};

type Window = { sender: DatagramSender; highest: number; readonly bits: Uint32Array };

/** Numbers that are remembered of a sender: more than may be in our own hands at a time, out of order. */
export const windowNumbers = 8192;

/** `limit`: senders that are remembered; of more, those that were silent for longest are forgotten. */
export const createSenderWindows = (limit: number): SenderWindows => {
  const windows = new Map<string, Window>();
  const windowOf = (name: SenderName): Window => {
    const key = JSON.stringify([name.tenant, name.source, name.boot]);
    const known = windows.get(key);
    // The last in the order of a Map is the one that was heard of last.
    if (known !== undefined) windows.delete(key);
    const window = known ?? { sender: { ...name, first: null }, highest: 0, bits: new Uint32Array(windowNumbers / 32) };
    windows.set(key, window);
    if (windows.size > limit) forgetOldest(windows);
    return window;
  };
  return {
    senderOf: (name) => windowOf(name).sender,
    arrived: (name, number) => {
      const window = windowOf(name);
      if (window.sender.first === null) window.sender = { ...window.sender, first: number };
      const isDisplaced = number < window.highest;
      return { sender: window.sender, kind: arrive(window, number), isDisplaced };
    },
  };
};

const forgetOldest = (windows: Map<string, Window>): void => {
  for (const key of windows.keys()) {
    windows.delete(key);
    return;
  }
};

const arrive = (window: Window, number: number): Arrival['kind'] => {
  if (number <= window.highest - windowNumbers) return 'undecided';
  if (number > window.highest) {
    moveTo(window, number);
    return 'new';
  }
  const [word, bit] = placeOf(number);
  if (((window.bits[word] ?? 0) & bit) !== 0) return 'repeated';
  window.bits[word] = (window.bits[word] ?? 0) | bit;
  return 'new';
};

/** The numbers in between have not come. */
const moveTo = (window: Window, number: number): void => {
  if (number - window.highest >= windowNumbers) window.bits.fill(0);
  else for (let between = window.highest + 1; between < number; between += 1) clear(window, between);
  const [word, bit] = placeOf(number);
  window.bits[word] = (window.bits[word] ?? 0) | bit;
  window.highest = number;
};

const clear = ({ bits }: Window, number: number): void => {
  const [word, bit] = placeOf(number);
  bits[word] = (bits[word] ?? 0) & ~bit;
};

const placeOf = (number: number): readonly [word: number, bit: number] => {
  const place = number % windowNumbers;
  return [place >>> 5, 1 << (place & 31)];
};
