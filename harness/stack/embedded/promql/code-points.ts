// Sets of code points as ranges in order, and what a regular expression does to them: both cases, and all others. Surrogates are in none: texts are well-formed.
export type CodePoints = readonly (readonly [from: number, to: number])[];

const last = 0x10ffff;

export const allCodePoints: CodePoints = [
  [0, 0xd7ff],
  [0xe000, last],
];

export const unite = (sets: readonly CodePoints[]): CodePoints => {
  const united: [number, number][] = [];
  for (const [from, to] of sets.flat().toSorted(([a], [b]) => a - b)) {
    const before = united.at(-1);
    if (before !== undefined && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else united.push([from, to]);
  }
  return united;
};

const gapsOf = (set: CodePoints): CodePoints => {
  const starts = [0, ...set.map(([, to]) => to + 1)];
  const ends = [...set.map(([from]) => from - 1), last];
  return starts.map((from, index): [number, number] => [from, ends[index]!]).filter(([from, to]) => from <= to);
};

/** Of `set`, what lies within `bounds`. */
export const within = (set: CodePoints, bounds: CodePoints): CodePoints =>
  bounds.flatMap(([least, most]) =>
    set.flatMap(([from, to]): CodePoints => (from > most || to < least ? [] : [[Math.max(from, least), Math.min(to, most)]])),
  );

export const complement = (set: CodePoints): CodePoints => within(gapsOf(set), allCodePoints);

const holds = (set: CodePoints, point: number): boolean => set.some(([from, to]) => from <= point && point <= to);

/** Letters that are the same without their case. Of ASCII these are three where the long s and the sign for kelvin belong to them. */
const asciiOrbits: readonly (readonly number[])[] = Array.from({ length: 26 }, (_unused, at) => {
  const more = { k: [0x212a], s: [0x17f] }[String.fromCodePoint(0x61 + at)] ?? [];
  return [0x41 + at, 0x61 + at, ...more];
});

const sameBut = (point: number): readonly number[] => {
  const text = String.fromCodePoint(point);
  const [lower, upper] = [text.toLowerCase(), text.toUpperCase()];
  if (lower === text && upper === text) return [];
  const fold = new RegExp(`^${text}$`, 'iu');
  const others = [lower, upper, upper.toLowerCase(), lower.toUpperCase()].filter((other) => other !== text && fold.test(other));
  return others.map((other) => other.codePointAt(0)!);
};

let known: readonly (readonly number[])[] | null = null;

const makeOrbits = (): readonly (readonly number[])[] => {
  const orbits = new Map<number, Set<number>>();
  // No letter beyond has two cases.
  for (let point = 0; point <= 0x1_ffff; point += point === 0xd7ff ? 0x801 : 1) {
    for (const other of sameBut(point)) {
      const both = new Set([point, other, ...(orbits.get(point) ?? []), ...(orbits.get(other) ?? [])]);
      for (const each of both) orbits.set(each, both);
    }
  }
  return [...new Set(orbits.values())].map((orbit) => [...orbit]);
};

/** With both cases of all its letters. */
export const foldCase = (set: CodePoints): CodePoints => {
  const isAscii = set.every(([, to]) => to < 0x80);
  const orbits = isAscii ? asciiOrbits : (known ??= makeOrbits());
  const found = orbits.filter((orbit) => orbit.some((point) => holds(set, point)));
  return unite([set, found.flat().map((point) => [point, point] as const)]);
};
