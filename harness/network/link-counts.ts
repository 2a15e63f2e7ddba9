// What a link has done so far, counted by the link itself: evidence that an injector did something, never that the target felt it.
export type LinkCounts = {
  /** Accepted and joined with the far end. */
  connections: number;
  open: number;
  /** New ones that were closed at once, and those that the far end refused. */
  refused: number;
  cut: number;
  reset: number;
  halfOpened: number;
  bytesUp: number;
  bytesDown: number;
  /** Pieces of data that did not go on at once. */
  delayed: number;
  /** Bytes that never arrive. */
  bytesLost: number;
  closesDelayed: number;
  commitsSwallowed: number;
};

export const createLinkCounts = (): LinkCounts => ({
  connections: 0,
  open: 0,
  refused: 0,
  cut: 0,
  reset: 0,
  halfOpened: 0,
  bytesUp: 0,
  bytesDown: 0,
  delayed: 0,
  bytesLost: 0,
  closesDelayed: 0,
  commitsSwallowed: 0,
});
