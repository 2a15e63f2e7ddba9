// Where a stream of several lanes stands, as the text of an `id:` line: 0:120,3:55.

export type LanePositions = ReadonlyMap<number, number>;

export const formatPositions = (positions: LanePositions): string =>
  [...positions].map(([lane, position]) => `${lane}:${position}`).join(',');

/** null: not one of ours. */
export const parsePositions = (text: string): LanePositions | null => {
  if (text.length > 1024 || !/^\d{1,4}:\d{1,16}(?:,\d{1,4}:\d{1,16})*$/.test(text)) return null;
  const pairs = text.split(',').map((pair) => pair.split(':').map(Number) as [number, number]);
  const positions = new Map(pairs);
  return positions.size === pairs.length && pairs.every(([, position]) => Number.isSafeInteger(position)) ? positions : null;
};
