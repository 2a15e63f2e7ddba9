// Durations, rates and the like as they are typed. Null: not understood; whoever asked says so with the flag's name.

const millisecondsIn: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500ms`, `30s`, `2m`, `1h`, above 0. */
export const readSeconds = (text: string): number | null => {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim()) ?? [];
  const seconds = (Number(number) * (millisecondsIn[unit] ?? NaN)) / 1000;
  return seconds > 0 ? seconds : null;
};

/** `500`, `500/s`, `0.5/s`. */
export const readRate = (text: string): number | null => {
  const [, number] = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text.trim()) ?? [];
  return number === undefined ? null : Number(number);
};

export const readWhole = (text: string, from: number, to: number): number | null => {
  const number = Number(text);
  return /^\d+$/.test(text.trim()) && number >= from && number <= to ? number : null;
};

/** `200-399,404` */
export const readStatuses = (text: string): readonly (readonly [number, number])[] | null => {
  const ranges = text.split(',').map((part): readonly [number, number] | null => {
    const [, from, to = from] = /^\s*([1-5]\d\d)(?:-([1-5]\d\d))?\s*$/.exec(part) ?? [];
    return from === undefined || Number(to) < Number(from) ? null : [Number(from), Number(to)];
  });
  return ranges.every((range) => range !== null) ? ranges : null;
};
