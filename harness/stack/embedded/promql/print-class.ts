// Writes a set of code points for JavaScript without the flags u and v, where a character beyond 16 bits is two.
import type { CodePoints } from './code-points.ts';
import { unite, within } from './code-points.ts';

const unit = (code: number): string => {
  const text = String.fromCharCode(code);
  return /[0-9A-Za-z_ ]/.test(text) ? text : String.raw`\u${code.toString(16).padStart(4, '0')}`;
};

const unitRange = ([from, to]: readonly [number, number]): string => (from === to ? unit(from) : `${unit(from)}-${unit(to)}`);

const unitClass = (ranges: CodePoints): string => {
  const [first] = ranges;
  const isOne = ranges.length === 1 && first![0] === first![1];
  return isOne ? unit(first![0]) : `[${ranges.map(unitRange).join('')}]`;
};

const [firstLow, lastLow] = [0xdc00, 0xdfff];
const highOf = (point: number): number => 0xd800 + ((point - 0x1_0000) >> 10);
const lowOf = (point: number): number => firstLow + ((point - 0x1_0000) & 0x3ff);

type Pairs = readonly [highs: readonly [number, number], lows: readonly [number, number]];

/** All that have one first half together, as far as they have all second halves. */
const pairsOf = ([from, to]: readonly [number, number]): readonly Pairs[] => {
  const [first, last] = [highOf(from), highOf(to)];
  if (first === last)
    return [
      [
        [first, first],
        [lowOf(from), lowOf(to)],
      ],
    ];
  const [isHeadWhole, isTailWhole] = [lowOf(from) === firstLow, lowOf(to) === lastLow];
  const [wholeFrom, wholeTo] = [isHeadWhole ? first : first + 1, isTailWhole ? last : last - 1];
  return [
    ...(isHeadWhole
      ? []
      : [
          [
            [first, first],
            [lowOf(from), lastLow],
          ] as const,
        ]),
    ...(wholeFrom > wholeTo
      ? []
      : [
          [
            [wholeFrom, wholeTo],
            [firstLow, lastLow],
          ] as const,
        ]),
    ...(isTailWhole
      ? []
      : [
          [
            [last, last],
            [firstLow, lowOf(to)],
          ] as const,
        ]),
  ];
};

const oneUnit = [[0, 0xffff]] as const;
const twoUnits = [[0x1_0000, 0x10_ffff]] as const;

/** Takes one character of the set. */
export const printClass = (set: CodePoints): string => {
  const short = within(set, oneUnit);
  const long = within(set, twoUnits).flatMap(pairsOf);
  if (long.length === 0) return unitClass(short);
  const ways = long.map(([highs, lows]) => unitClass([highs]) + unitClass([lows]));
  return `(?:${[...(short.length === 0 ? [] : [unitClass(short)]), ...ways].join('|')})`;
};

const takesAllLong = (set: CodePoints): boolean => within(set, twoUnits).some(([from, to]) => from === 0x1_0000 && to === 0x10_ffff);

/**
 * Takes any number of them; `quantifier` is `*` or `+`, lazy ones too. Where all characters of two units are in the set each unit may go by itself: half of one
 * is taken by nothing else. That is many times faster.
 */
export const printRepeated = (set: CodePoints, quantifier: string): string => {
  if (!takesAllLong(set)) return printClass(set) + quantifier;
  const any = `${unitClass(unite([within(set, oneUnit), [[0xd800, 0xdfff]]]))}*${quantifier.slice(1)}`;
  return quantifier.startsWith('*') ? any : printClass(set) + any;
};
