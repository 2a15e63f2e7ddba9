// What the stream keeps of events that came in datagrams: nobody answers a datagram, so its books are all that is ever known of it.

/** A producer since it started, as one door met it. Both texts are empty for datagrams without a number. */
export type DatagramSender = {
  readonly tenant: string;
  readonly source: string;
  readonly boot: string;
  /** The number by which this door met it; null: none came yet. */
  readonly first: number | null;
};

/** On an event that came in a datagram. */
export type DatagramNote = {
  readonly sender: DatagramSender;
  /** On the first event of a numbered datagram alone: so each number is booked once. */
  readonly number: number | null;
  /** The number came so late that it is not known whether it had come before. */
  readonly isUndecided: boolean;
};

/** What one ingest process counts of datagrams, since it began. */
export type DoorCounts = {
  /** Taken from the socket. */
  readonly received: number;
  /** Of these: refused as a whole, number and all. */
  readonly unread: number;
  /** Of these: the bounded queue was full. */
  readonly dropped: number;
  /** Of these: the answer to a commit never came. */
  readonly inDoubt: number;
  /** Never taken from the socket: by the kernel's own count; null: it can't be had. */
  readonly kernelDropped: number | null;
  /** Of these: numbered, and their numbers are being committed, or wait to be booked: missing in the books, and not lost. */
  readonly inHands: number;
};

/** The door of this process, for the writer: asked when a batch goes out, so that a gap is never booked before the drops that made it. */
export type DatagramDoor = { readonly name: string; readonly counts: () => DoorCounts };

/** What became known of a sender beside its events in the stream. */
export type SenderNews = {
  readonly sender: DatagramSender;
  /** Numbers of datagrams of which no event reached the stream. */
  readonly highest: number;
  readonly received: number;
  readonly undecided: number;
  /** Datagrams that came again. */
  readonly repeated: number;
  /** Events. */
  readonly refused: number;
  /** From high-water marks; 0: none came. */
  readonly markedDatagrams: number;
  readonly markedEvents: number;
};

export type DatagramBeat = {
  /** From 1. A beat may be repeated: it is booked once. */
  readonly beat: number;
  /** The last one: nothing is in the door's hands any more. */
  readonly isClosing: boolean;
  readonly news: readonly SenderNews[];
};

export type DatagramBooks = {
  /** Rejects where it may not have been booked. */
  book(beat: DatagramBeat): Promise<void>;
};
