// Regular expressions on labels in a pipeline. Loki takes simple ones for plain comparisons, and some of them then match more than they say: `err.*` and a
// choice of words with the same beginning match anywhere in the value. Queries that were written against Loki count on what it does.
import { compileLabelRegex } from './regex.ts';

type Leg = { readonly before: boolean; readonly text: string; readonly after: boolean };

const simpleLeg = /^(\.\*)?([^\\.+*?()|[\]{}^$]*)(\.\*)?$/u;

const legsOf = (pattern: string): readonly Leg[] | null => {
  const legs = pattern.split('|').map((leg) => simpleLeg.exec(leg));
  if (legs.some((leg) => leg === null)) return null;
  return legs.map((leg) => ({ before: leg![1] !== undefined, text: leg![2]!, after: leg![3] !== undefined }));
};

const isAnything = ({ before, text, after }: Leg): boolean => text === '' && (before || after);

/** Neighbours with the same first letter are one beginning with several ends. */
const sharesStart = (legs: readonly Leg[], index: number): boolean => {
  const first = Array.from(legs[index]!.text)[0];
  return (
    first !== undefined &&
    [legs[index - 1], legs[index + 1]].some((other) => other !== undefined && !other.before && Array.from(other.text)[0] === first)
  );
};

/** A choice of single letters is a class, and no comparison. */
const hasClass = (legs: readonly Leg[]): boolean =>
  legs.some(({ text }, index) => {
    const next = legs[index + 1]?.text;
    if (next === undefined) return false;
    const [one, other] = [Array.from(text), Array.from(next)];
    return one.length === other.length && one.length > 0 && one.slice(0, -1).join('') === other.slice(0, -1).join('');
  });

const legTest = (legs: readonly Leg[], index: number): ((value: string) => boolean) => {
  const { before, text, after } = legs[index]!;
  const isAnywhere = before || after || sharesStart(legs, index);
  return isAnywhere ? (value) => value.includes(text) : (value) => value === text;
};

/** Throws for what Go would not take. */
export const compileLabelTest = (pattern: string): ((value: string) => boolean) => {
  const expression = compileLabelRegex(pattern);
  const [, ignoresCase, inner = ''] = /^(\(\?i\))?(?:\(([^()]*)\)|[^]*)$/.exec(pattern) ?? [];
  const plain = inner === '' ? pattern.slice(ignoresCase?.length ?? 0) : inner;
  const legs = legsOf(ignoresCase === undefined ? plain : plain.toLowerCase());
  if (legs === null || hasClass(legs)) return (value) => expression.test(value);
  // An alternative that takes everything is dropped beside others.
  const tests = legs.flatMap((leg, index) => (leg.text === '' || isAnything(leg) ? [] : [legTest(legs, index)]));
  if (tests.length === 0) return () => true;
  return (value) => {
    const compared = ignoresCase === undefined ? value : value.toLowerCase();
    return tests.some((test) => test(compared));
  };
};
