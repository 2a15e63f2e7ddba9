// Milliseconds as Prometheus writes durations: 1h30m, 5s, 0s.

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

export const durationText = (milliseconds: number): string => {
  if (milliseconds === 0) return '0s';
  let rest = milliseconds;
  return units
    .map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? '' : `${count}${unit}`;
    })
    .join('');
};
