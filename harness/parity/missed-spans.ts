// Two answers of a search of which one has all that the other has, and a few spans more. Pure.
import { normaliseSearch } from './normalise-tempo.ts';

type Found = ReturnType<typeof normaliseSearch>;

const idsOf = (found: Found): ReadonlySet<string> =>
  new Set(found.flatMap(({ traceID, spanSets }) => spanSets.flatMap(({ spans }) => spans.map(({ spanID }) => `${traceID} ${spanID}`))));

/** As if the search had not found these: a set without spans is none, and a trace without sets neither. */
const without = (found: Found, missing: ReadonlySet<string>): Found =>
  found.flatMap((trace) => {
    const spanSets = trace.spanSets.flatMap((set) => {
      const spans = set.spans.filter(({ spanID }) => !missing.has(`${trace.traceID} ${spanID}`));
      return spans.length === 0 ? [] : [{ ...set, matched: set.matched - (set.spans.length - spans.length), spans }];
    });
    return spanSets.length === 0 ? [] : [{ ...trace, spanSets }];
  });

/** Bodies of /api/search. How many spans the second lacks of the first, where they are the same but for that; null where they are not. */
export const missedSpans = (all: unknown, some: unknown): number | null => {
  const [whole, part] = [normaliseSearch(all), normaliseSearch(some)];
  const missing = idsOf(whole).difference(idsOf(part));
  return JSON.stringify(without(whole, missing)) === JSON.stringify(part) ? missing.size : null;
};
