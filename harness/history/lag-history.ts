// Lag from the history alone: what was acknowledged by t, less what was passed by t. It asks nothing of the telemetry, so the two can be compared.
import type { RunData } from '../engine/run-data.ts';
import { type Effect, indexOf, type RowOf, type RunIndex } from './run-index.ts';

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

export const lagHistory = (run: RunData, processor: string): LagHistory => {
  const index = indexOf(run);
  const passedAt = passTimes(index, processor);
  const changes: { at: number; by: number }[] = [];
  for (const row of index.rows.log) {
    const passed = passedAt.get(row.id) ?? Infinity;
    const acknowledged = acknowledgedAt(row, run, index);
    // Passed before the client had read its answer: it was never seen waiting.
    if (passed <= acknowledged) continue;
    changes.push({ at: acknowledged, by: 1 });
    if (passed !== Infinity) changes.push({ at: passed, by: -1 });
  }
  return stepFunction(changes.toSorted((left, right) => left.at - right.at || left.by - right.by));
};

/** An event whose deliveries all ended unknown was never acknowledged; the log's own time stands in. */
const acknowledgedAt = (row: RowOf<'log'>, { timeline }: RunData, { byIdentity }: RunIndex): number => {
  let earliest = Infinity;
  for (const { outcome, doneAt } of byIdentity.get(row.idempotencyKey ?? '')?.operations ?? []) {
    if (outcome === 'ok' && doneAt < earliest) earliest = doneAt;
  }
  return earliest === Infinity ? row.appendedAt : timeline.zeroAt + earliest;
};

/**
 * When the checkpoint passed each event, at the latest: a lane is read in order, so it had passed position p once anything at p or behind it was
 * applied, parked or kept as early. That makes an early event count as passed, as it does for the checkpoint, though it is applied later.
 */
const passTimes = ({ rows, effects }: RunIndex, processor: string): ReadonlyMap<number, number> => {
  const touched: Effect[] = [...(effects.get(processor)?.values() ?? [])];
  for (const row of rows.parked) if (row.processor === processor) touched.push({ ...row, appliedAt: row.parkedAt });
  for (const row of rows.pending) if (row.processor === processor) touched.push({ ...row, appliedAt: Infinity });
  const times = new Map<number, number>();
  for (const lane of Map.groupBy(touched, (effect) => effect.lane).values()) {
    let earliest = Infinity;
    for (const { id, appliedAt } of lane.toSorted((left, right) => right.position - left.position)) {
      earliest = Math.min(earliest, appliedAt);
      times.set(id, earliest);
    }
  }
  return times;
};

const stepFunction = (changes: readonly { readonly at: number; readonly by: number }[]): LagHistory => {
  const times = new Float64Array(changes.length);
  const values = new Int32Array(changes.length);
  let value = 0;
  let peak = { value: 0, at: 0 };
  changes.forEach(({ at, by }, index) => {
    value += by;
    times[index] = at;
    values[index] = value;
    if (value > peak.value) peak = { value, at };
  });
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
