// The books of one lane: checkpoint = applied + ignored + parked + pending + discarded + skipped + shed. What is left over vanished.
export type Terms = {
  readonly applied: number;
  readonly ignored: number;
  readonly parked: number;
  readonly pending: number;
  readonly discarded: number;
  readonly skipped: number;
  readonly shed: number;
};

/** Below 0: something is in the books twice. Above: events vanished. */
export const dropOf = (position: number, { applied, ignored, parked, pending, discarded, skipped, shed }: Terms): number =>
  position - (applied + ignored + parked + pending + discarded + skipped + shed);
