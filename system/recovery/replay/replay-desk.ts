// Puts a version of a processor to a stated place of the log. Nothing is applied here: workers do that, under the epoch of each lane and within the replay's
// limits. What would apply an event twice, or leave some out that nobody said were to be left out, is refused.

/** By lane. */
export type Positions = ReadonlyMap<number, number>;

export type ReplayStart =
  /** All that the log holds. */
  | { readonly kind: 'beginning' }
  /** No event that was appended from then on is left out. */
  | { readonly kind: 'time'; readonly time: string }
  /** Behind these positions; a lane that is not named begins where its checkpoint stands, or, where it is emptied, at the beginning. */
  | { readonly kind: 'positions'; readonly positions: Positions }
  /** Where it stands: another limit for what it does anyway. */
  | { readonly kind: 'checkpoint' };

export type ReplayRequest = {
  readonly processor: string;
  readonly version: number;
  readonly start: ReplayStart;
  /** null: the heads of now. A lane that is not named ends at its head. */
  readonly end: Positions | null;
  /** Behind its end it goes on with live events. */
  readonly follows: boolean;
  /** Empties the read model of the version first. */
  readonly resets: boolean;
  /** Events a second of all lanes together, until its end. */
  readonly ratePerSecond: number;
  readonly requestedBy: string;
  readonly why: string;
  /** A UUID: the same request sent again is the same replay. */
  readonly requestId: string;
};

export type ReplayRefusal = { readonly refused: string };

export type ReplayLane = {
  readonly lane: number;
  readonly from: number;
  readonly to: number;
  readonly position: number;
  /** How far it may go now. */
  readonly limit: number;
};

export type ShownReplay = {
  readonly replay: number;
  readonly processor: string;
  readonly version: number;
  /** running: not at its end. following: behind it, with live events. */
  readonly state: 'running' | 'following' | 'done' | 'cancelled' | 'replaced';
  readonly starts: unknown;
  readonly follows: boolean;
  readonly resets: boolean;
  readonly rate_per_second: number;
  readonly requested_by: string;
  readonly why: string;
  readonly started_at: string;
  readonly cancelled_at: string | null;
  readonly cancelled_by: string | null;
  readonly cancelled_why: string | null;
  readonly lanes: readonly ReplayLane[];
};

export type ReplayDesk = {
  open(request: ReplayRequest): Promise<{ readonly replay: number; readonly known: boolean } | ReplayRefusal>;
  /** Lanes stay where they are. */
  cancel(replay: number, asked: { readonly by: string; readonly why: string }): Promise<ShownReplay | null>;
  show(replay: number): Promise<ShownReplay | null>;
  /** Newest first. */
  list(limit: number): Promise<readonly ShownReplay[]>;
};
