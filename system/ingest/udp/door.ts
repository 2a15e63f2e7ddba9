// The door itself: from the ring through admission into the group commit. Nobody waits for it, so it is the one who tries again, and who counts.
import type { DatagramNote, DatagramSender, DoorCounts } from '../../stream/datagrams.ts';
import type { ErrorCodeName } from '../../contract/error-codes.ts';
import { identityOfDatagram } from '../identity.ts';
import type { Ingest, IngestAnswer } from '../ingest.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type Scheduler, sleep } from '../scheduler.ts';
import { type Aside, createAside } from './aside.ts';
import type { DoorNews } from './door-books.ts';
import type { Receiver } from './open-receiver.ts';
import { type ReadDatagram, readDatagram } from './read-datagram.ts';
import { type Arrival, createSenderWindows } from './sender-windows.ts';
import type { TenantOfToken } from './tenant-of-token.ts';

export type DoorOptions = {
  readonly receiver: Pick<Receiver, 'next' | 'received' | 'dropped' | 'kernelDropped'>;
  readonly ingest: Pick<Ingest, 'acceptDatagram'>;
  readonly news: DoorNews;
  readonly tenantOf: TenantOfToken;
  /** null: nobody knows whose it was. */
  readonly refused: (code: ErrorCodeName, tenant: string | null) => void;
  readonly defect: (error: unknown) => void;
  readonly scheduler: Scheduler;
  readonly eventLimitBytes: number;
  readonly sendersLimit: number;
};

export type Door = {
  /** Something is in the ring. */
  wake(): void;
  /** There is room among the news again. */
  mayGoOn(): void;
  counts(): DoorCounts;
  /** Of the datagrams: with a lower number than one of the same sender that came before. */
  displaced(): number;
  /** Of the datagrams: refused as a whole. */
  unread(): number;
  /** Takes what is in the ring to its end; what has not ended by then is counted as dropped. */
  drain(withinMs: number): Promise<void>;
};

/** Some group commits ahead of the database, no more: what else waits, waits in the ring, and leaves other doors their room. */
const mostInFlight = { events: 4096, bytes: 4 * 1024 * 1024 };
/** Whose token is being asked for: with those in flight not more numbers than the window of a sender holds. */
const mostAside = { datagrams: 4096, bytes: 4 * 1024 * 1024 };
/** Then others have their turn. */
const turnDatagrams = 128;
const backoffMs = { first: 5, longest: 250 };
const pollMs = 5;

type State = DoorOptions & {
  readonly windows: ReturnType<typeof createSenderWindows>;
  /** `numbers`: of datagrams, which are not in the books yet. Each is carried by the first event of its datagram. */
  readonly inFlight: { events: number; bytes: number; numbers: number };
  readonly aside: Aside;
  /** Between two askings for the same token. */
  readonly pauses: ReturnType<typeof createPauses>;
  readonly counts: { unread: number; inDoubt: number; displaced: number; abandoned: number };
  readonly givesUp: AbortController;
};

export const createDoor = (options: DoorOptions): Door => {
  const counts: State['counts'] = { unread: 0, inDoubt: 0, displaced: 0, abandoned: 0 };
  const aside = createAside({
    limit: mostAside,
    onRefused: (refusal) => refuseUnread(refusal, state),
    onTold: () => schedule(),
  });
  const state: State = {
    ...options,
    aside,
    pauses: createPauses(options.scheduler, backoffMs.longest),
    windows: createSenderWindows(options.sendersLimit),
    inFlight: { events: 0, bytes: 0, numbers: 0 },
    counts,
    givesUp: new AbortController(),
  };
  const { receiver, inFlight, scheduler } = state;
  let [isScheduled, isWaitingForRoom] = [false, false];
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    scheduler.soon(turn);
  };
  const ended = (): void => {
    if (isWaitingForRoom) schedule();
  };
  const turn = (): void => {
    [isScheduled, isWaitingForRoom] = [false, false];
    for (let taken = 0; taken < turnDatagrams; taken += 1) {
      const next = takeNext(state, ended);
      isWaitingForRoom = next === 'no room';
      if (next !== 'taken') return;
    }
    schedule();
  };
  return {
    wake: schedule,
    mayGoOn: ended,
    counts: () => ({
      received: receiver.received(),
      unread: counts.unread,
      dropped: receiver.dropped() + counts.abandoned,
      inDoubt: counts.inDoubt,
      kernelDropped: receiver.kernelDropped(),
      inHands: inFlight.numbers + aside.numbers(),
    }),
    displaced: () => counts.displaced,
    unread: () => counts.unread,
    drain: async (withinMs) => {
      const untilMs = scheduler.nowMs() + withinMs;
      schedule();
      const isBusy = () => isScheduled || isWaitingForRoom || inFlight.events > 0 || !aside.isEmpty();
      while (isBusy() && scheduler.nowMs() < untilMs) await sleep(scheduler, pollMs);
      state.givesUp.abort();
      counts.abandoned += aside.abandon();
      while (receiver.next() !== null) counts.abandoned += 1;
      // What is being tried again gives up when its pause is over; what is in a commit has its own time, which is over.
      const giveUpByMs = scheduler.nowMs() + 2 * backoffMs.longest;
      while (inFlight.events > 0 && scheduler.nowMs() < giveUpByMs) await sleep(scheduler, pollMs);
    },
  };
};

const takeNext = (state: State, ended: () => void): 'taken' | 'none' | 'no room' => {
  const { receiver, inFlight, news, aside, tenantOf } = state;
  if (inFlight.events >= mostInFlight.events || inFlight.bytes >= mostInFlight.bytes || !news.hasRoom()) return 'no room';
  const told = aside.next();
  if (told !== null) {
    takeAs(told.tenant, told.read, state, ended);
    return 'taken';
  }
  // No token is known: there is nobody whom waiting holds up, and what is known again in a moment must not be refused. In the ring its loss would be counted.
  if (!aside.isEmpty() && !tenantOf.areKeysFresh()) return 'no room';
  const datagram = receiver.next();
  if (datagram === null) return 'none';
  take(datagram, state, ended);
  return 'taken';
};

const take = (datagram: Buffer, state: State, ended: () => void): void => {
  const { tenantOf, aside } = state;
  const read = readDatagram(datagram);
  if (read.kind === 'refused') return refuseUnread(read, state);
  const token = read.head?.token ?? null;
  const tenant = tenantOf.known(token);
  if (tenant !== null) return takeAs(tenant, read, state, ended);
  // Those who are known do not wait for it: many with tokens that nobody knows would otherwise stop everybody.
  if (aside.isFull()) return refuseUnread(manyUnknown, state);
  aside.add(read, datagram.length, askUntilTold(token, state));
};

/** A database that is away says nothing of a token: it is asked again, for as long as the process has time. */
const askUntilTold = async (token: string | null, { tenantOf, pauses, givesUp }: State): Promise<string | Refusal> => {
  for (;;) {
    const told = await tenantOf.ask(token);
    if (typeof told === 'string' || told.code !== 'storage_unavailable' || givesUp.signal.aborted) return told;
    await pauses.next();
  }
};

/** One pause for all who ask in the meantime. */
const createPauses = (scheduler: Scheduler, ms: number) => {
  let pause: Promise<void> | null = null;
  return { next: () => (pause ??= sleep(scheduler, ms).finally(() => (pause = null))) };
};

const manyUnknown = refuse('unauthenticated', 'The API key is not known, and too many wait for the keys to be read again.');

const refuseUnread = ({ code }: Refusal, { counts, refused }: State): void => {
  counts.unread += 1;
  refused(code, null);
};

const takeAs = (tenant: string | Refusal, read: ReadDatagram, state: State, ended: () => void): void => {
  if (typeof tenant !== 'string') return refuseUnread(tenant, state);
  const arrival = arrivalOf(read, tenant, state);
  if (arrival === null) return;
  for (const [index, event] of read.events.entries()) void acceptOne(event, { ...arrival, index }, state).finally(ended);
};

type Place = { readonly sender: DatagramSender; readonly number: number | null; readonly isUndecided: boolean };

/** null: there is no event to be taken: it is a mark, or came before. */
const arrivalOf = ({ head }: ReadDatagram, tenant: string, { windows, news, counts }: State): Place | null => {
  const { source = '', boot = '', n, mark } = head ?? {};
  const name = { tenant, source, boot };
  if (mark !== undefined) {
    news.add(windows.senderOf(name), { markedDatagrams: mark.datagrams, markedEvents: mark.events });
    return null;
  }
  if (n === undefined) return { sender: windows.senderOf(name), number: null, isUndecided: false };
  const { sender, kind, isDisplaced }: Arrival = windows.arrived(name, n);
  if (isDisplaced) counts.displaced += 1;
  if (kind !== 'repeated') return { sender, number: n, isUndecided: kind === 'undecided' };
  news.add(sender, { repeated: 1 });
  return null;
};

type EventPlace = Place & { readonly index: number };

const acceptOne = async (event: Buffer, place: EventPlace, state: State): Promise<void> => {
  const { inFlight, news, counts, refused } = state;
  const { sender, number, isUndecided, index } = place;
  inFlight.events += 1;
  inFlight.bytes += event.length;
  // The first event carries the number: once it is in the books, the datagram is.
  const carried = index === 0 ? number : null;
  const numbers = carried === null ? 0 : 1;
  inFlight.numbers += numbers;
  const answer = await untilAnswered(event, place, { sender, number: carried, isUndecided }, state).catch((error: unknown) => {
    state.defect(error);
    return refuse('internal', 'A defect of ours; it is logged.');
  });
  inFlight.events -= 1;
  inFlight.bytes -= event.length;
  inFlight.numbers -= numbers;
  if (answer.kind === 'accepted') return;
  refused(answer.code, sender.tenant);
  // In the books with the batch that found it.
  if (answer.code === 'idempotency_conflict') return;
  const datagrams = index === 0 ? 1 : 0;
  if (isPassing(answer)) counts.abandoned += datagrams;
  else if (isInDoubt(answer)) counts.inDoubt += datagrams;
  else news.add(sender, { refused: 1, ...(carried === null ? {} : numberOf(carried, isUndecided)) });
};

const numberOf = (highest: number, isUndecided: boolean) => (isUndecided ? { highest, undecided: 1 } : { highest, received: 1 });

/** Definitely not stored, and better another time. The sender can't try again, so we do, as long as the process has time. */
const isPassing = ({ code }: Refusal): boolean => code === 'storage_unavailable' || code === 'overloaded' || code === 'disk_budget_used';

/** It may be in the stream or not; if it is, it is in the books too. */
const isInDoubt = ({ code }: Refusal): boolean => code === 'commit_unknown' || code === 'internal';

const untilAnswered = async (event: Buffer, place: EventPlace, note: DatagramNote, state: State): Promise<IngestAnswer> => {
  const { ingest, scheduler, givesUp, eventLimitBytes } = state;
  if (event.length > eventLimitBytes)
    return refuse('payload_too_large', `The event has ${event.length} bytes; at most ${eventLimitBytes} are taken.`);
  const identity = place.number === null ? null : identityOfDatagram(place.sender, place.number, place.index);
  const origin = { tenant: place.sender.tenant, identity, note, charge: { isTaken: false } };
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ingest.acceptDatagram(event, origin);
    if (answer.kind === 'accepted' || !isPassing(answer) || givesUp.signal.aborted) return answer;
    await sleep(scheduler, Math.min(backoffMs.first * 2 ** attempt, backoffMs.longest));
  }
};
