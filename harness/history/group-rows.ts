// Groups for many rows in many small groups. Map.groupBy keeps room for sixteen more rows in each group, which for a million groups of one is most of the memory.

export const groupRows = <Row, Key>(rows: Iterable<Row>, keyOf: (row: Row) => Key): Map<Key, Row[]> => {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
};

/** Only the groups of two and more: nothing is kept of the others but their key. */
export const repeatedRows = <Row, Key>(rows: Iterable<Row>, keyOf: (row: Row) => Key): Map<Key, Row[]> => {
  const [seen, twice] = [new Set<Key>(), new Set<Key>()];
  for (const row of rows) {
    const key = keyOf(row);
    if (seen.has(key)) twice.add(key);
    else seen.add(key);
  }
  if (twice.size === 0) return new Map();
  const isRepeated = function* (): Generator<Row> {
    for (const row of rows) if (twice.has(keyOf(row))) yield row;
  };
  return groupRows(isRepeated(), keyOf);
};
