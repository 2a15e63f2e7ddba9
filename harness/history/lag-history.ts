// Lag from the history alone: what was acknowledged by t, less what was passed by t. It asks nothing of the telemetry, so the two can be compared.
import type { RunData } from '../engine/run-data.ts';
import { isImported } from './imported-line.ts';
import { indexOf, type RowOf, type RunIndex } from './run-index.ts';

/** A step function of wall time (epoch ms): from `times[i]` on the lag is `values[i]`. */
export type LagHistory = {
  readonly times: Float64Array;
  readonly values: Int32Array;
  at(time: number): number;
  /** Lowest and highest value at any moment of [from, to]. */
  range(from: number, to: number): { readonly lowest: number; readonly highest: number };
  readonly peak: { readonly value: number; readonly at: number };
  /** The last moment at which it was at least `bound`; null: never. Infinity: it still is. */
  lastAtLeast(bound: number): number | null;
};

const known = new WeakMap<RunData, Map<string, LagHistory>>();

export const lagHistory = (run: RunData, processor: string): LagHistory => {
  const histories = known.get(run) ?? new Map<string, LagHistory>();
  known.set(run, histories);
  const history = histories.get(processor) ?? computeLag(run, processor);
  histories.set(processor, history);
  return history;
};

const computeLag = (run: RunData, processor: string): LagHistory => {
  const index = indexOf(run);
  const passTimes = passTimesOf(index, processor);
  const arrived: number[] = [];
  const passed: number[] = [];
  for (const row of index.rows.log) {
    const passedAt = passTimes.get(row.lane)?.[row.position] ?? Infinity;
    const acknowledged = acknowledgedAt(row, run, index);
    // Passed before the client had read its answer: it was never seen waiting.
    if (passedAt <= acknowledged) continue;
    arrived.push(acknowledged);
    if (passedAt !== Infinity) passed.push(passedAt);
  }
  return stepFunction(Float64Array.from(arrived).sort(), Float64Array.from(passed).sort());
};

/**
 * An event whose deliveries all ended unknown was never acknowledged; the log's own time stands in. It does so for an imported line too: that it is there was only told
 * with the last line of its file.
 */
const acknowledgedAt = (row: RowOf<'log'>, { timeline }: RunData, { senderOf }: RunIndex): number => {
  let earliest = Infinity;
  for (const operation of senderOf(row)?.operations ?? []) {
    if (operation.outcome === 'ok' && operation.doneAt < earliest && !isImported(operation)) earliest = operation.doneAt;
  }
  return earliest === Infinity ? row.appendedAt : timeline.zeroAt + earliest;
};

/**
 * When the checkpoint passed each event, at the latest: a lane is read in order, so it had passed position p once anything at p or behind it was
 * applied, parked or kept as early. That makes an early event count as passed, as it does for the checkpoint, though it is applied later.
 */
const passTimesOf = ({ rows, effects }: RunIndex, processor: string): ReadonlyMap<number, Float64Array> => {
  const times = new Map(rows.lane.map(({ lane, head }) => [lane, new Float64Array(head + 2).fill(Infinity)]));
  const touch = (lane: number, position: number, at: number): void => {
    const ofLane = times.get(lane);
    if (ofLane !== undefined && at < (ofLane[position] ?? -Infinity)) ofLane[position] = at;
  };
  for (const [, { lane, position, appliedAt }] of effects.get(processor)?.entries() ?? []) touch(lane, position, appliedAt);
  for (const row of rows.parked) if (row.processor === processor) touch(row.lane, row.position, row.parkedAt);
  for (const ofLane of times.values()) {
    for (let position = ofLane.length - 2; position >= 0; position -= 1) {
      ofLane[position] = Math.min(ofLane[position] as number, ofLane[position + 1] as number);
    }
  }
  return times;
};

/** Both sorted; at the same moment what passes goes before what arrives. */
const stepFunction = (arrived: Float64Array, passed: Float64Array): LagHistory => {
  const times = new Float64Array(arrived.length + passed.length);
  const values = new Int32Array(times.length);
  let peak = { value: 0, at: 0 };
  let [ins, outs] = [0, 0];
  while (ins < arrived.length || outs < passed.length) {
    const isOut = (passed[outs] ?? Infinity) <= (arrived[ins] ?? Infinity);
    const at = (isOut ? passed[outs++] : arrived[ins++]) as number;
    times[ins + outs - 1] = at;
    values[ins + outs - 1] = ins - outs;
    if (ins - outs > peak.value) peak = { value: ins - outs, at };
  }
  const at = (time: number): number => values[countUpTo(times, time) - 1] ?? 0;
  return {
    times,
    values,
    at,
    peak,
    range: (from, to) => rangeOf(times, values, from, to),
    lastAtLeast: (bound) => lastAtLeast(times, values, bound),
  };
};

const rangeOf = (times: Float64Array, values: Int32Array, from: number, to: number): { lowest: number; highest: number } => {
  const first = countUpTo(times, from) - 1;
  let lowest = values[first] ?? 0;
  let highest = lowest;
  for (let index = first + 1; index < times.length && (times[index] as number) <= to; index += 1) {
    lowest = Math.min(lowest, values[index] as number);
    highest = Math.max(highest, values[index] as number);
  }
  return { lowest, highest };
};

const lastAtLeast = (times: Float64Array, values: Int32Array, bound: number): number | null => {
  for (let index = values.length - 1; index >= 0; index -= 1) {
    if ((values[index] as number) >= bound) return times[index + 1] ?? Infinity;
  }
  return null;
};

/** How many of the sorted times are at or before `time`. */
const countUpTo = (times: Float64Array, time: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
};
