// Reads values of flags and collects what is wrong with them; what it gives back in place of a wrong one is never used, as the problems end the command.
import { readFileSync } from 'node:fs';
import { readRate, readSeconds, readWhole } from '../load/read-values.ts';
import { didYouMean } from './near-names.ts';

export type FlagReader = {
  readonly problems: string[];
  value<Value>(flag: string, text: string, read: (text: string) => Value | null, expected: string): Value;
  whole(flag: string, text: string, from: number, to: number): number;
  seconds(flag: string, text: string): number;
  rate(flag: string, text: string): number;
  /** `10%` as 0.1. */
  share(flag: string, text: string): number;
  oneOf<const Name extends string>(flag: string, text: string, names: readonly Name[]): Name;
};

export const createFlagReader = (): FlagReader => {
  const problems: string[] = [];
  const value = <Value>(flag: string, text: string, read: (text: string) => Value | null, expected: string, fallback?: Value): Value => {
    const found = read(text);
    if (found === null) problems.push(`${flag} ${text}: expected ${expected}`);
    return found ?? (fallback as Value);
  };
  return {
    problems,
    value,
    whole: (flag, text, from, to) => value(flag, text, (typed) => readWhole(typed, from, to), `a whole number from ${from} to ${to}`, from),
    seconds: (flag, text) => value(flag, text, readSeconds, 'a time above 0 with its unit, as in 500ms, 30s, 2m', 1),
    rate: (flag, text) => value(flag, text, readRate, 'a number of requests a second, as in 500', 1),
    share: (flag, text) => value(flag, text, readShare, 'a share in per cent, as in 10%', 0),
    oneOf: (flag, text, names) => {
      const name = names.find((each) => each === text);
      if (name === undefined) problems.push(`${flag} ${text}: there is no such.${didYouMean(text, names)} There are ${names.join(', ')}.`);
      return name ?? (names[0] as (typeof names)[number]);
    },
  };
};

const readShare = (text: string): number | null => {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text.trim()) ?? [];
  return number === undefined ? null : Number(number) / 100;
};

/** The text of a file that a flag names; told as a mistake where it can't be read. */
export const readText = (flag: string, file: string, { problems }: Pick<FlagReader, 'problems'>): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    problems.push(`${flag}: ${file} can't be read`);
    return null;
  }
};
