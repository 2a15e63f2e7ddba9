// Runs a log query over stored entries.
import type { Labels, LogEntry } from '../loki-record.ts';
import type { StoredEntry, Stream } from '../log-store.ts';
import { matches, runPipeline } from './pipeline.ts';
import type { LogQuery } from './query.ts';

export type SelectedEntry = { readonly entry: LogEntry; readonly labels: Labels };

/** Entries with startNano <= time < endNano that the query keeps, in the order in which they are given. */
export function* selectLogs(
  query: LogQuery,
  entries: Iterable<StoredEntry>,
  startNano: bigint,
  endNano: bigint,
): Generator<SelectedEntry, void, void> {
  const wanted = new Map<Stream, boolean>();
  const isWanted = (stream: Stream): boolean => {
    const known = wanted.get(stream) ?? query.matchers.every((matcher) => matches(matcher, stream.labels));
    wanted.set(stream, known);
    return known;
  };
  for (const { stream, entry } of entries) {
    if (entry.atNano < startNano || entry.atNano >= endNano || !isWanted(stream)) continue;
    const labels = runPipeline(query.stages, entry.line, { ...stream.labels, ...entry.metadata });
    if (labels !== null) yield { entry, labels };
  }
}
