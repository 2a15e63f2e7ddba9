// What the door knows of datagrams beside the events that went into the stream: told to the books in beats, each of which is repeated until it is booked.
import type { DatagramBooks, DatagramSender, DoorCounts, SenderNews } from '../../stream/datagrams.ts';
import { type Scheduler, sleep } from '../scheduler.ts';

type Change = Partial<Omit<SenderNews, 'sender'>>;

export type DoorNews = {
  /** Counts are added, the highest number and marks take the place of lower ones. */
  add(sender: DatagramSender, change: Change): void;
  /** False: of so many senders something waits to be booked that no more datagrams may be taken. What is in the door's hands may still add some. */
  hasRoom(): boolean;
};

export type DoorBooks = DoorNews & {
  /** So many numbers wait to be booked, or are being booked: missing in the books until then, and not lost. */
  numbers(): number;
  /** Books what is new and ends. Rejects with the last failure where that did not work in time. */
  close(withinMs: number): Promise<void>;
};

export type DoorBooksOptions = {
  readonly books: DatagramBooks;
  readonly counts: () => DoorCounts;
  readonly scheduler: Scheduler;
  readonly onFailure: (error: unknown) => void;
  /** Of so many senders news may wait while nothing can be booked. */
  readonly sendersLimit: number;
  /** There is room for more. */
  readonly onRoom: () => void;
};

const everyMs = 250;
/** Without news: so that a door that is gone is told from one that has nothing to say. */
const longestSilenceMs = 2000;
const againMs = 100;

const nothing: Omit<SenderNews, 'sender'> = {
  highest: 0,
  received: 0,
  undecided: 0,
  repeated: 0,
  refused: 0,
  markedDatagrams: 0,
  markedEvents: 0,
};

export const startDoorBooks = ({ books, counts, scheduler, onFailure, sendersLimit, onRoom }: DoorBooksOptions): DoorBooks => {
  let news = new Map<string, SenderNews>();
  let numbers = { waiting: 0, beingBooked: 0 };
  let [isEnding, endByMs] = [false, Infinity];
  let [beat, told, toldAtMs] = [0, '', -Infinity];

  const numbersNow = () => numbers.waiting + numbers.beingBooked;
  const now = () => JSON.stringify([counts(), numbersNow()]);
  const isDue = (): boolean => news.size > 0 || now() !== told || scheduler.nowMs() - toldAtMs > longestSilenceMs;
  /** The beat's content is fixed at its first try: what comes later goes with the next. */
  const book = async (isClosing: boolean): Promise<void> => {
    const content = { beat: (beat += 1), isClosing, news: [...news.values()] };
    news = new Map();
    numbers = { waiting: 0, beingBooked: numbers.waiting };
    onRoom();
    for (;;) {
      const before = now();
      try {
        await books.book(content);
        [told, toldAtMs] = [before, scheduler.nowMs()];
        numbers.beingBooked = 0;
        return;
      } catch (error) {
        onFailure(error);
        if (scheduler.nowMs() >= endByMs) throw error;
        await sleep(scheduler, againMs);
      }
    }
  };
  const run = async (): Promise<void> => {
    while (!isEnding) {
      await sleep(scheduler, everyMs);
      if (!isEnding && isDue()) await book(false);
    }
  };
  const running = run();
  running.catch(() => undefined);
  return {
    numbers: numbersNow,
    hasRoom: () => news.size < sendersLimit,
    add: (sender, change) => {
      const key = JSON.stringify([sender.tenant, sender.source, sender.boot]);
      numbers.waiting += (change.received ?? 0) + (change.undecided ?? 0);
      news.set(key, joined(news.get(key) ?? { sender, ...nothing }, sender, change));
    },
    close: async (withinMs) => {
      [isEnding, endByMs] = [true, scheduler.nowMs() + withinMs];
      await running;
      // A commit that has not ended by now may still fail: then its numbers are nobody's, and the door has not closed in good order.
      await book(counts().inHands === 0);
    },
  };
};

/** As the books are told: what waits to be booked is missing among the numbers as what is being committed is. */
export const countsWith = (counts: DoorCounts, news: Pick<DoorBooks, 'numbers'>): DoorCounts => ({
  ...counts,
  inHands: counts.inHands + news.numbers(),
});

const joined = (before: SenderNews, sender: DatagramSender, change: Change): SenderNews => ({
  sender: before.sender.first === null ? sender : before.sender,
  highest: Math.max(before.highest, change.highest ?? 0),
  received: before.received + (change.received ?? 0),
  undecided: before.undecided + (change.undecided ?? 0),
  repeated: before.repeated + (change.repeated ?? 0),
  refused: before.refused + (change.refused ?? 0),
  markedDatagrams: Math.max(before.markedDatagrams, change.markedDatagrams ?? 0),
  markedEvents: Math.max(before.markedEvents, change.markedEvents ?? 0),
});
