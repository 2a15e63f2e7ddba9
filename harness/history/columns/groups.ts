// Rows in groups of the same value, as two arrays: the rows, a group after the other, and where each group begins.
import { Numbering } from './numbering.ts';
import { release } from './release.ts';

export type Groups = {
  readonly size: number;
  /** What the rows of a group have in common. Groups are numbered in the order in which their first rows came. */
  readonly valueOf: (group: number) => number;
  /** The group of a value, or -1. */
  readonly find: (value: number) => number;
  /** Its rows, in their order; none of group -1. Not a copy, so that whoever sorts them sorts them for all. */
  readonly rowsOf: (group: number) => Int32Array;
};

const noRows = new Int32Array();

/** `valueAt`: NaN for a row that is in no group. */
export const groupRows = (length: number, valueAt: (row: number) => number): Groups => {
  const numbering = new Numbering();
  const groupOf = new Int32Array(length);
  for (let row = 0; row < length; row += 1) {
    const value = valueAt(row);
    groupOf[row] = Number.isNaN(value) ? -1 : numbering.of(value);
  }
  const starts = startsOf(groupOf, numbering.size);
  const rows = placeRows(groupOf, starts);
  release(groupOf);
  return {
    size: numbering.size,
    valueOf: (group) => numbering.valueOf(group),
    find: (value) => numbering.find(value),
    rowsOf: (group) => (group === -1 ? noRows : rows.subarray(starts[group], starts[group + 1])),
  };
};

const startsOf = (groupOf: Int32Array, groups: number): Int32Array => {
  const starts = new Int32Array(groups + 1);
  for (const group of groupOf) if (group !== -1) starts[group + 1] = (starts[group + 1] as number) + 1;
  for (let group = 0; group < groups; group += 1) starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
  return starts;
};

const placeRows = (groupOf: Int32Array, starts: Int32Array): Int32Array => {
  const next = starts.slice();
  const rows = new Int32Array(starts.at(-1) ?? 0);
  for (let row = 0; row < groupOf.length; row += 1) {
    const group = groupOf[row] as number;
    if (group === -1) continue;
    rows[next[group] as number] = row;
    next[group] = (next[group] as number) + 1;
  }
  return rows;
};

/** In place, by their numbers; rows with the same number stay as they are. */
export const sortRows = (rows: Int32Array, numberAt: (row: number) => number): Int32Array => {
  for (let place = 1; place < rows.length; place += 1)
    if (numberAt(rows[place - 1] as number) > numberAt(rows[place] as number))
      return rows.sort((left, right) => numberAt(left) - numberAt(right));
  return rows;
};
