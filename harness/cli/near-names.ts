// The names that come near a mistyped one, nearest first.
import { distance } from 'fastest-levenshtein';

/** At most three; near is up to a third of the longer name's letters, or one name being the beginning of the other. */
export const nearNames = (typed: string, known: readonly string[]): readonly string[] =>
  known
    .map((name) => ({ name, far: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(2, Math.ceil(Math.max(typed.length, name.length) / 3)) || isBeginning(typed, name))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);

const isBeginning = (typed: string, name: string): boolean => typed.length >= 2 && (name.startsWith(typed) || typed.startsWith(name));

/** ` Did you mean spike or steady?`, or nothing. */
export const didYouMean = (typed: string, known: readonly string[]): string => {
  const near = nearNames(typed, known);
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
};
