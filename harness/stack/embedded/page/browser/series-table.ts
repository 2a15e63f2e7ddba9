// Series in a table: a column of times, and one of values for each.
import type { Column, Series, Table } from '../../../../dashboards/frames/frame.ts';

export const seriesTables = (series: readonly Series[]): readonly Table[] => {
  const [first] = series;
  if (first === undefined) return [];
  const times = [...new Set(series.flatMap(({ timesMs }) => timesMs))].toSorted((one, other) => one - other);
  const columns = series.map((one): Column => {
    const known = new Map(one.timesMs.map((atMs, index) => [atMs, one.values[index] ?? null]));
    return { name: one.name, kind: 'number', cells: times.map((atMs) => known.get(atMs) ?? null) };
  });
  return [{ refId: first.refId, columns: [{ name: 'Time', kind: 'time', cells: times }, ...columns] }];
};
