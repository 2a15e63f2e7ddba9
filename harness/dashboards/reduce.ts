// What a series is reduced to: Grafana's calculations, by their ids. A calculation over nothing is null, never 0.

export type Values = readonly (number | null)[];

const known = (values: Values): readonly number[] => values.filter((value): value is number => value !== null);
const comparable = (values: Values): readonly number[] => known(values).filter((value) => !Number.isNaN(value));
const overKnown =
  (reduce: (values: readonly number[]) => number) =>
  (values: Values): number | null => {
    const numbers = known(values);
    return numbers.length === 0 ? null : reduce(numbers);
  };
/** NaN is larger and smaller than nothing: extremes leave it out, unless there is nothing else. */
const extreme =
  (pick: (one: number, other: number) => number) =>
  (values: Values): number | null => {
    const numbers = comparable(values);
    return numbers.length === 0 ? (known(values).at(-1) ?? null) : numbers.reduce((best, value) => pick(best, value));
  };
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const reducers = {
  lastNotNull: (values: Values) => known(values).at(-1) ?? null,
  last: (values: Values) => values.at(-1) ?? null,
  firstNotNull: (values: Values) => known(values).at(0) ?? null,
  first: (values: Values) => values.at(0) ?? null,
  max: extreme(Math.max),
  min: extreme(Math.min),
  mean: overKnown((values) => sum(values) / values.length),
  sum: overKnown(sum),
  count: (values: Values) => values.length,
  range: overKnown((values) => Math.max(...values) - Math.min(...values)),
  diff: overKnown((values) => (values.at(-1) ?? 0) - (values[0] ?? 0)),
} as const;

export type Reducer = keyof typeof reducers;

export const reducerNames = Object.keys(reducers) as readonly Reducer[];
export const isReducer = (name: string): name is Reducer => Object.hasOwn(reducers, name);

/** `name` was checked when the dashboard was read. */
export const reduceValues = (name: string, values: Values): number | null => (isReducer(name) ? reducers[name](values) : null);
