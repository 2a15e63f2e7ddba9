// The entries that a selector takes from the store, in the order of their time.
import type { LogEntry } from '../loki-record.ts';
import type { StoredEntry, Stream } from '../log-store.ts';
import type { Matcher } from './syntax/ast.ts';

export type LogSource = { entries(): Iterable<StoredEntry> };

export const matchesStream = (matchers: readonly Matcher[], labels: ReadonlyMap<string, string>): boolean =>
  matchers.every(({ name, holds }) => holds(labels.get(name) ?? ''));

const compareTime = (left: LogEntry, right: LogEntry): number => (left.atNano < right.atNano ? -1 : left.atNano > right.atNano ? 1 : 0);

/** Sent twice, an entry is there once: the same line of the same stream at the same nanosecond, with the same metadata. */
const withoutRepeats = (sorted: readonly StoredEntry[]): StoredEntry[] => {
  let seen = new Set<string>();
  let atNano = -1n;
  return sorted.filter(({ stream, entry }, index) => {
    if (entry.atNano !== atNano) {
      atNano = entry.atNano;
      seen = new Set();
      if (sorted[index + 1]?.entry.atNano !== atNano) return true;
    }
    const mark = JSON.stringify([stream.key, entry.line, entry.metadata]);
    if (seen.has(mark)) return false;
    seen.add(mark);
    return true;
  });
};

/** From `startNano` up to but without `endNano`, oldest first; a list of its own, whatever happens to the store meanwhile. */
export const selectEntries = (
  source: LogSource,
  matchers: readonly Matcher[],
  startNano: bigint,
  endNano: bigint,
): readonly StoredEntry[] => {
  const wanted = new Map<Stream, boolean>();
  const isWanted = (stream: Stream): boolean => {
    const known = wanted.get(stream) ?? matchesStream(matchers, stream.labels);
    wanted.set(stream, known);
    return known;
  };
  const found: StoredEntry[] = [];
  for (const stored of source.entries()) {
    if (stored.entry.atNano >= startNano && stored.entry.atNano < endNano && isWanted(stored.stream)) found.push(stored);
  }
  return withoutRepeats(found.sort((left, right) => compareTime(left.entry, right.entry)));
};
