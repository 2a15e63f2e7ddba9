import { describe, expect, it } from 'vitest';
import type { Cell, Table } from '../frames/frame.ts';
import { sortTable, transformTables } from './transform.ts';

const table = (refId: string, columns: Readonly<Record<string, readonly Cell[]>>): Table => ({
  refId,
  columns: Object.entries(columns).map(([name, cells]) => ({ name, kind: 'string', cells })),
});
const plain = (tables: readonly Table[]) =>
  tables.map(({ columns }) => Object.fromEntries(columns.map(({ name, cells }) => [name, cells])));

describe('transformTables', () => {
  it('merges rows that agree in what the tables share, and keeps those of one table alone', () => {
    const one = table('A', { Time: [1, 1], lane: ['1', '2'], 'Value #A': [10, 20] });
    const other = table('B', { Time: [1, 1], lane: ['2', '3'], 'Value #B': [200, 300] });
    expect(plain(transformTables([one, other], [{ id: 'merge' }]))).toEqual([
      { Time: [1, 1, 1], lane: ['1', '2', '3'], 'Value #A': [10, 20, null], 'Value #B': [null, 200, 300] },
    ]);
  });

  it('organizes: leaves columns out, puts them in order, and names them', () => {
    const organize = {
      id: 'organize',
      exclude: ['Time'],
      rename: { Value: 'Events', lane: 'Lane' },
      order: { lane: 0, Value: 1 },
    } as const;
    expect(plain(transformTables([table('A', { Time: [1], Value: [5], lane: ['1'] })], [organize]))).toEqual([
      { Lane: ['1'], Events: [5] },
    ]);
    expect(transformTables([table('A', { Value: [5], lane: ['1'] })], [organize])[0]?.columns.map(({ name }) => name)).toEqual([
      'Lane',
      'Events',
    ]);
  });

  it('keeps the fields that are named or match', () => {
    const filter = { id: 'filterFieldsByName', names: ['lane'], pattern: '^Val' } as const;
    expect(plain(transformTables([table('A', { Time: [1], Value: [5], lane: ['1'] })], [filter]))).toEqual([{ Value: [5], lane: ['1'] }]);
  });
});

describe('sortTable', () => {
  const numbers = table('A', { n: [10, null, 9, 100] });

  it('sorts numbers as numbers, and what has no value last, both ways', () => {
    expect(plain([sortTable(numbers, 'n', false)])).toEqual([{ n: [9, 10, 100, null] }]);
    expect(plain([sortTable(numbers, 'n', true)])).toEqual([{ n: [100, 10, 9, null] }]);
  });

  it('sorts text with numbers in it by the numbers', () => {
    expect(plain([sortTable(table('A', { n: ['lane 10', 'lane 9'] }), 'n', false)])).toEqual([{ n: ['lane 9', 'lane 10'] }]);
  });

  it('leaves the table as it is where there is no such column', () => expect(sortTable(numbers, 'x', true)).toBe(numbers));
});
