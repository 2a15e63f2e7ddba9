// May a version begin there? Pure: from where its lanes stand and what the log holds. A refusal says why, and what to do instead.
import type { Positions, ReplayRequest } from './replay-desk.ts';

export type StandingLane = {
  readonly lane: number;
  readonly position: number;
  /** Events that it has done something with: all terms of its books but those skipped. */
  readonly touched: number;
  readonly head: number;
  /** The log holds what is behind this position. */
  readonly keptAfter: number;
  /** Where the replay would begin, and end. */
  readonly from: number;
  readonly to: number;
};

export type Standing = {
  readonly ordered: boolean;
  /** The version has a read model that can be emptied. */
  readonly canReset: boolean;
  /** Of an ordered processor that begins later: there are numbered events before its place. */
  readonly hasNumberedBefore: boolean;
  readonly lanes: readonly StandingLane[];
};

/** null: it may. */
export const judgeReplay = (
  { processor, version, start, end, resets }: Pick<ReplayRequest, 'processor' | 'version' | 'start' | 'end' | 'resets'>,
  standing: Standing,
) => {
  const name = `${processor}/${version}`;
  return (
    unknownLanes(name, [start.kind === 'positions' ? start.positions : null, end], standing.lanes) ??
    outsideOfLog(standing.lanes) ??
    twiceOrNever(name, resets, standing) ??
    numbered(standing)
  );
};

const named = (lanes: readonly StandingLane[], of: (lane: StandingLane) => number) =>
  lanes.map((lane) => `${lane.lane}:${of(lane)}`).join(', ');

/** A lane that is mistyped would leave the one that was meant where it stands, or empty it. */
const unknownLanes = (name: string, places: readonly (Positions | null)[], lanes: readonly StandingLane[]): string | null => {
  const known = new Set(lanes.map(({ lane }) => lane));
  const unknown = new Set(places.flatMap((positions) => [...(positions?.keys() ?? [])]).filter((lane) => !known.has(lane)));
  return unknown.size === 0 ? null : `${name} has no lane ${[...unknown].join(', ')}: its lanes are ${[...known].join(', ')}.`;
};

const outsideOfLog = (lanes: readonly StandingLane[]): string | null => {
  const gone = lanes.filter(({ from, keptAfter }) => from < keptAfter);
  if (gone.length > 0)
    return `The log does not hold it any more: it begins behind ${named(gone, ({ keptAfter }) => keptAfter)}. Begin there (--from beginning), and know that what was before is not in the read model.`;
  const beyond = lanes.filter(({ from, to, head }) => from > head || to > head || to < from);
  return beyond.length === 0
    ? null
    : `Beginning and end must be within the log, in this order: its heads are ${named(beyond, ({ head }) => head)}.`;
};

const twiceOrNever = (name: string, resets: boolean, { canReset, lanes }: Standing): string | null => {
  if (resets) {
    return canReset
      ? null
      : `The read model of ${name} can't be emptied: what is derived from it would be lost with it. Build a new version beside it, and replay the log into that.`;
  }
  const isNew = lanes.every(({ position, touched }) => position === 0 && touched === 0);
  if (isNew) return null;
  const twice = lanes.filter(({ from, position }) => from < position);
  if (twice.length > 0)
    return `${name} has applied events behind that place already (it stands at ${named(twice, ({ position }) => position)}): they would take effect twice. Replay into a new version, or empty this one first with --reset, and its reads are incomplete until the replay is through.`;
  const never = lanes.filter(({ from, position }) => from > position);
  return never.length === 0
    ? null
    : `${name} stands before that place (at ${named(never, ({ position }) => position)}): what lies between would never take effect. Begin at its checkpoint (--from checkpoint), or empty it first with --reset.`;
};

const numbered = ({ ordered, hasNumberedBefore }: Standing): string | null =>
  ordered && hasNumberedBefore
    ? 'Before that place there are events with a sequence: their keys would wait for numbers that lie before it, for good. Begin at the beginning of the log.'
    : null;
